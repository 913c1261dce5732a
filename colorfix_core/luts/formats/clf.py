"""Common LUT Format: Academy S-2014-006, read and written by OpenColorIO.

A CLF file is a chain of operations, which `ocio_chains` makes one LUT of.
The title is the chain's name, the comments are its descriptions.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import LutData
from colorfix_core.luts.formats import by_opencolorio

_HEAD = 1 << 16  # comments may come first


def _ocio() -> Any:
    try:
        import PyOpenColorIO
    except ImportError as error:
        raise LutFileError(
            'CLF files need OpenColorIO; install it with "pip install opencolorio", or use .cube'
        ) from error
    return PyOpenColorIO


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a CLF file.

    Raises
    ------
    LutFileError
        With what OpenColorIO says about the file.
    """
    if b"ProcessList" not in stream.read(_HEAD):
        raise LutFileError("line 1 does not start a CLF document")
    stream.seek(0)
    return by_opencolorio.read(stream, size, ".clf")


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write a CLF file that asks for tetrahedral interpolation."""
    ocio = _ocio()
    from colorfix_core.luts import opencolorio

    if lut.size > opencolorio.LARGEST_SIZE:
        raise LutFileError(f"OpenColorIO writes sizes up to {opencolorio.LARGEST_SIZE} only")
    group = opencolorio.transform(lut)
    metadata = group.getFormatMetadata()
    metadata.setName(_printable(lut.title))
    for comment in lut.comments:
        metadata.addChildElement("Description", _printable(comment))
    text = group.write("Academy/ASC Common LUT Format", ocio.Config.CreateRaw())
    stream.write(text.encode("utf-8"))


def _printable(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
