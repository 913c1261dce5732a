"""Pixels of PNG files: those of 16 bits, which Pillow does not know; whether all are there."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import imagecodecs

from colorfix_core.errors import ImageError
from colorfix_core.files import png
from colorfix_core.pictures import sizes
from colorfix_core.pictures.picture import Array, Picture
from colorfix_core.pictures.table import PNG_LEVEL


def read(data: bytes) -> Array | None:
    """Read the pixels of a 16-bit PNG file.

    Returns
    -------
    (H, W, 3 or 4) uint16, or None if the file has fewer bits

    Raises
    ------
    ImageError
        If the picture is greyscale.
    """
    if data[24:25] != b"\x10":
        return None
    width, height = struct.unpack(">II", data[16:24])
    sizes.check(width, height, 8)
    pixels = imagecodecs.png_decode(data)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise ImageError("it is greyscale: there is no colour to correct")
    return pixels


def check(data: bytes) -> None:
    """Raise a DamagedFile if there are fewer rows than the header says: decoders make them black.

    An ImageError if there are more than this machine can hold.

    Parameters
    ----------
    data : a PNG file without anything beside its pixels
    """
    width, height, depth, color_type, interlaced = png.header(io.BytesIO(data))
    sizes.check(width, height, depth // 2)
    bits = depth * _CHANNELS.get(color_type, 1)
    passes = list(_passes(width, height, bool(interlaced)))
    wanted = sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in passes if columns)
    inflater, size = zlib.decompressobj(), 0
    try:
        for kind, content in png.chunks(io.BytesIO(data)):
            while kind == b"IDAT" and content and size < wanted:
                size += len(inflater.decompress(content, _PART))
                content = inflater.unconsumed_tail
    except zlib.error as error:
        raise png.DamagedFile("its picture data is damaged") from error
    if size < wanted:
        raise png.DamagedFile("part of its picture is missing")


_CHANNELS = {2: 3, 4: 2, 6: 4}
_PART = 1 << 20
# Adam7 (8.2): first column and row of each pass, and the steps.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2))  # fmt: skip


def _passes(width: int, height: int, interlaced: bool) -> Iterator[tuple[int, int]]:
    """Columns and rows of each picture that the data hold."""
    if not interlaced:
        yield width, height
        return
    for x, y, across, down in _ADAM7:
        yield max(0, -((x - width) // across)), max(0, -((y - height) // down))


def encode(picture: Picture) -> bytes:
    """The 16-bit pixels, encoded, with nothing beside them."""
    return bytes(imagecodecs.png_encode(picture.pixels, level=PNG_LEVEL))
