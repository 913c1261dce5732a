"""HaldCLUT: a LUT as a PNG picture that any editor can show (Eskil Steenberg, quelsolaar.com).

A picture of level L is L**3 pixels wide and high and holds a lattice of L**2 points an axis, red
fastest, row after row. Values are clipped to 0..1.
"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.files import png16
from colorfix_core.luts.lut import Lut3D

LEVELS = range(2, 17)
# 64 points an axis: the level that other programs ship their HaldCLUTs in.
USUAL_LEVEL = 8


def read(stream: BinaryIO, size: int) -> Lut3D:
    """Read a HaldCLUT of 8 or 16 bits a channel.

    Raises
    ------
    LutFileError
        If the file is no PNG picture, is damaged, or has no HaldCLUT's dimensions.
    """
    width, height, depth, *_ = png16.header(stream)
    level = round(width ** (1 / 3))
    if width != height or level not in LEVELS or level**3 != width:
        raise LutFileError(
            f"it is a picture of {width} x {height}, and a HaldCLUT is as wide as high, "
            "the cube of 2..16"
        )
    if depth == 16:
        pixels = png16.read(stream)[..., :3] / np.float32(65535)
    else:
        pixels = _read_8_bit(stream, (width, height)) / np.float32(255)
    n = level**2
    return Lut3D(pixels.reshape(n, n, n, 3).transpose(2, 1, 0, 3))


def _read_8_bit(stream: BinaryIO, size: tuple[int, int]) -> np.ndarray:
    from PIL import Image

    try:
        with Image.open(stream, formats=["PNG"]) as picture:
            if picture.size != size:  # a second header
                raise ValueError(f"it is {picture.size} after all")
            return np.asarray(picture.convert("RGB"))
    # Pillow reports damage as OSError, SyntaxError, ValueError and others.
    except Exception as error:
        raise LutFileError(f"its picture data is damaged: {error}") from error


def write(lut: Lut3D, stream: BinaryIO, bits: int = 16) -> None:
    """Write a HaldCLUT of 8 or 16 bits a channel.

    Its level is the smallest up to 12 whose lattice holds all points of the LUT's, and otherwise
    8, or what takes the LUT's size if that is more.
    """
    n = _level(lut.size) ** 2
    table = lut.evaluate(Lut3D.identity(n).table)
    full = {8: 255, 16: 65535}[bits]
    side = round(n**1.5)
    pixels = np.rint(np.clip(table, 0, 1) * full).transpose(2, 1, 0, 3).reshape(side, side, 3)
    if bits == 16:
        png16.write(pixels.astype(np.uint16), stream)
    else:
        from PIL import Image

        Image.fromarray(pixels.astype(np.uint8)).save(stream, "PNG")


def _level(size: int) -> int:
    exact = [k for k in range(2, 13) if k * k >= size and (k * k - 1) % (size - 1) == 0]
    return exact[0] if exact else max(USUAL_LEVEL, int(np.ceil(np.sqrt(size))))
