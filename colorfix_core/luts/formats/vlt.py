""".vlt of Panasonic's VariCam and Lumix cameras: a .cube file with the code values of 12 bits."""

from __future__ import annotations

from typing import BinaryIO

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import LutData
from colorfix_core.luts.formats import cube
from colorfix_core.messages import listening

_FULL = 4095


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a .vlt file of `size` bytes.

    Raises
    ------
    LutFileError
        Naming the line and the reason.
    """
    with listening():  # that whole numbers are code values is what this format says
        return cube.read(stream, size, _FULL)


def write(lut: LutData, stream: BinaryIO) -> None:
    """Refuse to write."""
    raise LutFileError(".vlt files are read, but not written; use .cube")
