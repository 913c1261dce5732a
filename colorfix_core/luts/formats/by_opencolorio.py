"""Formats that OpenColorIO reads and writes.

It reads in a process of its own, with bounded memory and time; what it writes comes from here.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.files import child
from colorfix_core.files.child import SECONDS
from colorfix_core.luts.data import LutData, Shaper, Triple
from colorfix_core.luts.formats.text import require_unit_domain
from colorfix_core.messages import tell

LARGEST_FILE = 1 << 27  # twice what a CLF file of size 129 takes
# What OpenColorIO's baker calls the formats.
_BAKED = {".csp": "cinespace", ".lut": "houdini", ".itx": "iridas_itx", ".cub": "truelight"}


@dataclass(frozen=True)
class Reader:
    """A format, by its extension, that is OpenColorIO's matter; some of these it writes, too."""

    extension: str

    def read(self, stream: BinaryIO, size: int) -> LutData:
        """Read a file of `size` bytes; LutFileError with OpenColorIO's own sentence."""
        return read(stream, size, self.extension)

    def write(self, lut: LutData, stream: BinaryIO) -> None:
        """Write what OpenColorIO's baker makes of a LUT; LutFileError if it makes nothing."""
        if self.extension not in _BAKED:
            raise LutFileError(f"{self.extension} files are read, but not written; use .cube")
        stream.write(_bake(lut, self.extension))


def read(stream: BinaryIO, size: int, extension: str) -> LutData:
    """Read a file of `size` bytes as the format of an extension.

    Raises
    ------
    LutFileError
        With what OpenColorIO says about the file.
    """
    _require_opencolorio(extension)
    if not 0 < size <= LARGEST_FILE:
        raise LutFileError(f"it has {size} bytes; line 1 starts no LUT of up to {LARGEST_FILE}")
    # OpenColorIO expands $ and % in paths, so that it gets a copy under a plain name.
    with tempfile.TemporaryDirectory(prefix="colorfix-") as folder:
        source, target = Path(folder, f"look{extension}"), Path(folder, "answer.npz")
        with source.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        if extension == ".lut":
            _complete_houdini(source)
        _ask(source, target)
        try:
            with np.load(target, allow_pickle=False) as parts:
                return _lut_of(parts)
        except (OSError, ValueError, KeyError) as error:
            raise LutFileError("OpenColorIO gave no answer that can be used") from error


def _require_opencolorio(extension: str) -> None:
    if importlib.util.find_spec("PyOpenColorIO") is None:
        raise LutFileError(
            f'{extension} files need OpenColorIO; install it with "pip install opencolorio", '
            "or use .cube"
        )


def _bake(lut: LutData, extension: str) -> bytes:
    """A LUT file of the LUT's own size, so that every point is the table's."""
    _require_opencolorio(extension)
    require_unit_domain(lut, extension)
    import PyOpenColorIO as ocio

    from colorfix_core.luts import opencolorio

    if lut.size > opencolorio.LARGEST_SIZE:
        raise LutFileError(f"OpenColorIO writes sizes up to {opencolorio.LARGEST_SIZE} only")
    config, look = ocio.Config(), ocio.ColorSpace(name="look")
    look.setTransform(opencolorio.transform(lut), ocio.COLORSPACE_DIR_FROM_REFERENCE)
    config.addColorSpace(ocio.ColorSpace(name="picture"))
    config.addColorSpace(look)
    baker = ocio.Baker()
    baker.setConfig(config)
    baker.setFormat(_BAKED[extension])
    baker.setInputSpace("picture")
    baker.setTargetSpace("look")
    baker.setCubeSize(lut.size)
    return str(baker.bake()).encode("ascii")


def _complete_houdini(path: Path) -> None:
    """Say From and To where Houdini's short head says Range: OpenColorIO knows the long one."""
    text = path.read_bytes()
    if not re.search(rb"^\s*From\s", text, re.MULTILINE | re.IGNORECASE):
        text = re.sub(rb"(?im)^\s*Range(\s.*?)\r?$", rb"From\1\nTo 0.0 1.0", text, count=1)
        path.write_bytes(text)


def _ask(source: Path, target: Path) -> None:
    """Have the child read `source` into `target`."""
    try:
        child.ask("colorfix_core.luts.formats.ocio_child", source, target, SECONDS)
    except child.Failed as error:
        raise LutFileError(f"OpenColorIO {error}; export it as .cube") from error


def _lut_of(parts: Any) -> LutData:
    """The LUT of an answer; what was told there is told here."""
    if "error" in parts:
        raise LutFileError(f"OpenColorIO says: {parts['error']}")
    for sentence in parts["told"]:
        tell(str(sentence))
    shaper = None
    if "curve" in parts:
        shaper = Shaper(parts["curve"], *_triples(parts["curve_domain"]))
    comments = tuple(map(str, parts["comments"]))
    low, high = _triples(parts["domain"])
    return LutData(parts["table"], low, high, str(parts["title"]), comments, shaper)


def _triples(domain: Any) -> tuple[Triple, Triple]:
    (r, g, b), (red, green, blue) = domain.tolist()
    return (r, g, b), (red, green, blue)
