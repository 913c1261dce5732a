"""Small valid LUT files of each format, and what is done with damaged ones."""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path

import numpy as np
import tifffile

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.files import png16
from colorfix_core.luts.data import Array, Shaper
from colorfix_core.luts.formats import (
    clf,
    cube,
    hald,
    hald_tiff,
    ocio_child,
    spi3d,
    threedl,
    vlt,
)
from colorfix_core.messages import listening

os.environ.setdefault("OCIO_LOGGING_LEVEL", "none")

MODULES = {"cube": cube, "spi3d": spi3d, "threedl": threedl, "hald": hald, "tiles": hald,
           "hald_tiff": hald_tiff, "vlt": vlt}  # fmt: skip
# What OpenColorIO reads, in a process of its own that may crash: here, too.
BY_OPENCOLORIO = ("clf", "ctf", "csp", "spi1d", "lut")
_CASES = Path(__file__).parents[1] / "data" / "cube-cases"


def seeds(name: str) -> list[bytes]:
    """Small valid files."""
    match name:
        case "cube":
            return [*_written(name), *(p.read_bytes() for p in sorted(_CASES.glob("*/*.cube")))]
        case "clf" | "spi3d" | "threedl":
            return _written(name)
        case "hald":
            return [*_written(name), _bytes(lambda file: hald.write(_luts(2)[0], file, bits=8))]
        case "tiles":
            pictures = [_tiles(n, rows) for n, rows in ((4, 1), (4, 2), (9, 3))]
            return [_bytes(partial(png16.write, picture)) for picture in pictures]
        case "hald_tiff":
            return _hald_tiffs()
    return [text.encode("ascii") for text in _TEXTS[name]]


def feed(name: str, data: bytes, folder: str) -> str:
    """Read one damaged file; how it ended: "read" or "refused", or what should not be."""
    if name in BY_OPENCOLORIO:  # what the child does, without a process for each input
        import PyOpenColorIO

        path = Path(folder, f"look.{name}")
        path.write_bytes(data)
        PyOpenColorIO.ClearAllCaches()  # which know files by their names
        answer = ocio_child.answer(str(path))
        if "error" in answer:
            return "refused" if "\n" not in str(answer["error"]) else "message of several lines"
        return "read" if np.isfinite(answer["table"]).all() else "not finite"
    with io.BytesIO(data) as stream, listening():
        try:
            lut = MODULES[name].read(stream, len(data))
        except LutFileError as error:
            return "refused" if "\n" not in str(error) else "message of several lines"
    return "read" if np.isfinite(lut.table).all() else "not finite"


def _luts(small: int) -> list[Lut3D]:
    grid = Lut3D.identity(small).table
    titled = Lut3D(grid * 0.9, title="seed", comments=["made by hand"])
    return [titled, Lut3D.identity(small + 1)]


def _written(name: str) -> list[bytes]:
    module = {"clf": clf, **MODULES}[name]
    luts = _luts(4 if name == "threedl" else 2)
    if name in ("cube", "clf"):
        grid, curve = Lut3D.identity(2).table, np.linspace(0, 1, 5)[:, None] ** [1, 2, 3]
        luts += [Lut3D(grid, (-1,) * 3, (2,) * 3), Lut3D(1 - grid, shaper=Shaper(curve))]
    with listening():
        return [_bytes(lambda file, lut=lut: module.write(lut, file)) for lut in luts]


def _bytes(write) -> bytes:
    file = io.BytesIO()
    with listening():
        write(file)
    return file.getvalue()


def _tiles(n: int, rows: int) -> Array:
    """n tiles of n x n, red to the right and green down, in rows."""
    table = np.rint(Lut3D.identity(n).table * 60000).astype(np.uint16)  # [r, g, b]
    tiles = table.transpose(2, 1, 0, 3).reshape(rows, n // rows, n, n, 3)
    return np.ascontiguousarray(tiles.swapaxes(1, 2).reshape(rows * n, -1, 3))


def _hald_tiffs() -> list[bytes]:
    pixels = hald.pixels_of(Lut3D.identity(4).table * 0.9)
    kinds = ((np.rint(pixels * 255).astype(np.uint8), None), (pixels.astype(np.float32), "zlib"),
             (np.rint(pixels * 65535).astype(np.uint16), "lzw"))  # fmt: skip
    return [_bytes(lambda file, a=a, how=how: tifffile.imwrite(
                file, a, photometric="rgb", compression=how, metadata=None))
            for a, how in kinds]  # fmt: skip


_ROWS = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1))


def _table(scale: str) -> str:
    return "".join(" ".join(scale if v else "0" for v in row) + "\n" for row in _ROWS)


_CTF = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ProcessList id="1" version="1.3">\n'
    '<Matrix inBitDepth="32f" outBitDepth="32f"><Array dim="3 4 3">0.6 0.2 0 0.1\n0 0.8 0.1 0.05\n'
    '0.05 0 -0.7 0.9</Array></Matrix>\n<Gamma inBitDepth="32f" outBitDepth="32f" style="basicFwd">'
    '<GammaParams gamma="2.2"/></Gamma></ProcessList>\n'
)
_TEXTS = {
    "vlt": (
        "# panasonic vlt file version 1.0\nLUT_3D_SIZE 2\n" + _table("4095"),
    ),
    "ctf": (_CTF, _CTF.replace("basicFwd", "basicRev")),
    "csp": (
        "CSPLUTV100\n3D\n\nBEGIN METADATA\nseed\nEND METADATA\n\n"
        + "2\n0.0 1.0\n0.0 1.0\n" * 3 + "\n2 2 2\n" + _table("0.9"),
        "CSPLUTV100\n1D\n\n" + "2\n0.0 1.0\n0.0 1.0\n" * 3 + "\n3\n0 0 0\n0.4 0.5 0.6\n1 1 1\n",
        "CSPLUTV100\n3D\n\n" + "3\n0.0 0.5 1.0\n0.0 0.7 1.0\n" * 3 + "\n2 2 2\n" + _table("0.9"),
    ),
    "spi1d": (
        "Version 1\nFrom 0.0 1.0\nLength 4\nComponents 1\n{\n0.0\n0.4\n0.8\n1.0\n}\n",
        "Version 1\nFrom -0.1 2.0\nLength 2\nComponents 3\n{\n0.0 0 0\n1.0 0.9 0.8\n}\n",
    ),
    "lut": (
        "Version\t\t3\nFormat\t\tany\nType\t\t3D\nFrom\t\t0 1\nTo\t\t0 1\nBlack\t\t0\nWhite\t\t1\n"
        "Length\t\t2\nLUT:\n {\n" + _table("0.9") + " }\n",
        "Version\t\t3\nFormat\t\tany\nType\t\t3D+1D\nFrom\t\t0 1\nTo\t\t0 1\nBlack\t\t0\n"
        "White\t\t1\nLength\t\t2 4\nLUT:\nPre {\n0\n0.2\n0.6\n1\n}\n3D {\n" + _table("0.9") + "}\n",
        "LUT: 1 256\n" + "".join(f"{v}\n" for v in range(256)),
    ),
}  # fmt: skip
