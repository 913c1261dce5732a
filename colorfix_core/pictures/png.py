"""16-bit PNG files, which Pillow reads as 8-bit ones and cannot write."""

from __future__ import annotations

import struct

import imagecodecs

from colorfix_core.errors import ImageError
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


def encode(picture: Picture) -> bytes:
    """The 16-bit pixels, encoded, with nothing beside them."""
    return bytes(imagecodecs.png_encode(picture.pixels, level=PNG_LEVEL))
