"""The .3dl format of Autodesk Flame and Lustre: whole numbers, blue fastest.

An optional head (``3DMESH``, ``Mesh 4 12``: log2 of the cells an axis and the bits of the
output), a line of input code values, then the rows. There is no specification; the rest is what
OpenColorIO does (FileFormat3DL.cpp): where the head does not give the bits they are guessed from
the largest value, and the line is a shaper of any length, left out where it is the identity.
"""

from __future__ import annotations

from array import array
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import CURVE_LENGTHS, SIZES, LutData, Shaper
from colorfix_core.luts.formats.text import Lines, require_unit_domain, shortened
from colorfix_core.messages import tell

Codes: TypeAlias = NDArray[np.float64]
MESH_BITS, OUTPUT_BITS = 10, 12
_MOST_ROWS = SIZES[-1] ** 3
# Writers round the codes of an even mesh down, up, or to the power of two above.
_MESH_TOLERANCE = 2.0
# ffmpeg knows no other.
_EVERYBODYS_SIZE = 17


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a .3dl file.

    Raises
    ------
    LutFileError
        Naming the line and the reason; also for as many uneven steps as lattice points, about
        whose meaning programs disagree.
    """
    bits, mesh, values = None, None, array("I")
    with Lines(stream) as lines:
        for line in lines:
            if not line or line[0] in "#<":
                lines.overhead(line)
            elif line[0].isalpha() or line.upper() == "3DMESH":
                lines.overhead(line)
                bits = _read_keyword(lines, line) or bits
            elif len(fields := line.split()) > 3 and not values:
                mesh = _mesh(lines, fields)
            else:
                values.extend(_whole(lines, field) for field in _three(lines, fields))
                if len(values) > 3 * _MOST_ROWS:
                    raise lines.error(f"is one more than the {_MOST_ROWS} rows there can be")
        rows = len(values) // 3
        n = round(rows ** (1 / 3))
        if n not in SIZES or n**3 != rows:
            raise lines.error(f"ends the file after {rows} rows, which is no cube of 2..256")
    table = np.frombuffer(values, np.uintc).astype(np.float64)
    full = 2 ** (bits or _likely_bits(table.max())) - 1
    return LutData((table / full).reshape(n, n, n, 3), shaper=_shaper(mesh, n))


def _read_keyword(lines: Lines, line: str) -> int | None:
    """Check a head or tail line; the output bits if it is the one that gives them."""
    fields = line.split()
    keyword = fields[0].upper()
    if keyword == "MESH":
        numbers = [_whole(lines, field) for field in fields[1:]]
        if len(numbers) != 2 or not 8 <= numbers[1] <= 16:
            raise lines.error("is a Mesh line without two numbers, the second in 8..16 bits")
        return numbers[1]
    if keyword not in ("3DMESH", "LUT8", "GAMMA"):
        raise lines.error(f"reads {shortened(line)}, which is neither a keyword nor a row")
    return None


def _three(lines: Lines, fields: list[str]) -> list[str]:
    if len(fields) != 3:
        raise lines.error(f"has {len(fields)} fields instead of 3 numbers")
    return fields


def _whole(lines: Lines, field: str) -> int:
    if not (field.isascii() and field.isdigit() and len(field) < 7):
        raise lines.error(f"has {shortened(field)} where a whole number belongs")
    return int(field)


def _mesh(lines: Lines, fields: list[str]) -> Codes:
    if len(fields) not in CURVE_LENGTHS:
        raise lines.error(f"gives a mesh of {len(fields)} points; it has 2..{CURVE_LENGTHS[-1]}")
    return np.array([_whole(lines, field) for field in fields], np.float64)


def _shaper(mesh: Codes | None, size: int) -> Shaper | None:
    """The curve that a line of input codes stands for; None where it changes nothing."""
    if mesh is None:
        return None
    full = 2 ** _likely_bits(mesh.max()) - 1
    if _strays(mesh, full) <= _MESH_TOLERANCE:
        return None
    if len(mesh) == size and _strays(mesh, mesh[-1]) > _MESH_TOLERANCE:
        raise LutFileError(
            "its mesh has uneven steps, which some programs take for the places of the lattice "
            "points and others for a curve; export it as .cube"
        )
    if len(mesh) == size:
        tell(f"its mesh ends at {mesh[-1]:.0f} of {full}; OpenColorIO's reading of that is taken.")
    return Shaper(np.repeat(mesh[:, None] / full, 3, axis=1))


def _strays(mesh: Codes, last: float) -> float:
    """How far codes are from even steps up to `last`."""
    return float(np.abs(mesh - np.linspace(0, last, len(mesh))).max())


def _likely_bits(largest: float) -> int:
    """The depth of which `largest` is at most twice the full scale."""
    return next((bits for bits in (8, 10, 12) if largest < 2 ** (bits + 1)), 16)


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write 12-bit values, clipped to 0..1, as Lustre does.

    ffmpeg reads size 17 only; `Lut3D.resize` makes it.

    Raises
    ------
    LutFileError
        If the file could not be read back: the depth is guessed from the largest value, and the
        mesh told from a row by its length.
    """
    require_unit_domain(lut, ".3dl")
    if lut.table.max() < 0.51:
        raise LutFileError("it is too dark for .3dl, which does not tell its depth; use .cube")
    if lut.size < 4:
        raise LutFileError(f"size {lut.size} is too small for .3dl; resize it to 17")
    if lut.size != _EVERYBODYS_SIZE:
        tell(
            f".3dl of {lut.size} points; ffmpeg reads {_EVERYBODYS_SIZE} only: resize it for that."
        )
    top = 2**MESH_BITS - 1
    mesh = np.rint(np.linspace(0, top, lut.size)).astype(int)
    stream.write((" ".join(map(str, mesh)) + "\n").encode())
    values = np.rint(lut.table.clip(0, 1).astype(np.float64) * (2**OUTPUT_BITS - 1)).astype(int)
    for slab in values:
        rows = slab.reshape(-1, 3)
        stream.write((("%d %d %d\n" * len(rows)) % tuple(rows.ravel().tolist())).encode())
