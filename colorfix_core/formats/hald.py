"""HaldCLUT: a LUT as a PNG picture that any editor can show (Eskil Steenberg, quelsolaar.com).

A picture of level L is L**3 pixels wide and high and holds a lattice of L**2 points an axis, red
fastest, row after row. Values are clipped to 0..1.
"""

from __future__ import annotations

import struct
from types import ModuleType
from typing import BinaryIO

import numpy as np

from ..errors import LutFileError
from ..lut import Lut3D

LEVELS = range(2, 17)
# 64 points an axis: the level that other programs ship their HaldCLUTs in.
USUAL_LEVEL = 8
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# 16 bits, four channels, and what a picture may hold beside its pixels.
_MOST_BYTES_A_PIXEL, _LARGEST_METADATA = 8, 1 << 24


def read(stream: BinaryIO, size: int) -> Lut3D:
    """Read a HaldCLUT of 8 or 16 bits a channel.

    Raises
    ------
    LutFileError
        If the file is no PNG picture, is damaged, or has no HaldCLUT's dimensions.
    """
    head = stream.read(24)
    if len(head) < 24 or head[:8] != _SIGNATURE or head[12:16] != b"IHDR":
        raise LutFileError("it is no PNG picture")
    width, height = struct.unpack(">II", head[16:])
    level = round(width ** (1 / 3))
    if width != height or level not in LEVELS or level**3 != width:
        raise LutFileError(
            f"it is a picture of {width} x {height}, and a HaldCLUT is as wide as high, "
            "the cube of 2..16"
        )
    if size > width * height * _MOST_BYTES_A_PIXEL + _LARGEST_METADATA:
        raise LutFileError(f"its {size} bytes are too many for {width} x {height} pixels")
    pixels = _decoded(head + stream.read())
    if pixels.ndim != 3 or pixels.shape[2] < 3:
        raise LutFileError("it is a grey picture")
    n, full = level**2, np.float32(np.iinfo(pixels.dtype).max)
    return Lut3D((pixels[..., :3] / full).reshape(n, n, n, 3).transpose(2, 1, 0, 3))


def _decoded(data: bytes) -> np.ndarray:
    codecs = _imagecodecs()
    try:
        return codecs.png_decode(data)
    except (codecs.PngError, ValueError) as error:
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
    pixels = np.rint(table.clip(0, 1) * full).transpose(2, 1, 0, 3).reshape(side, side, 3)
    stream.write(_imagecodecs().png_encode(pixels.astype(f"uint{bits}")))


def _level(size: int) -> int:
    exact = [k for k in range(2, 13) if k * k >= size and (k * k - 1) % (size - 1) == 0]
    return exact[0] if exact else max(USUAL_LEVEL, int(np.ceil(np.sqrt(size))))


def _imagecodecs() -> ModuleType:
    """Import late: .cube files do not need it. Pillow has no 16-bit RGB."""
    try:
        import imagecodecs
    except ImportError as error:
        raise LutFileError(
            'HaldCLUT pictures need imagecodecs; install it with "pip install imagecodecs", '
            "or use .cube"
        ) from error
    return imagecodecs
