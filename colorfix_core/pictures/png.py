"""16-bit PNG files, which Pillow reads as 8-bit ones and cannot write."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import imagecodecs

from colorfix_core.errors import ImageError
from colorfix_core.files.png import HEADER_END, write_chunk
from colorfix_core.pictures.picture import Array, Picture
from colorfix_core.pictures.table import PNG_LEVEL


def read(path: Path) -> Array | None:
    """Read the pixels of a 16-bit PNG file.

    Returns
    -------
    (H, W, 3 or 4) uint16, or None if the file has fewer bits

    Raises
    ------
    ImageError
        If the picture is greyscale.
    """
    with path.open("rb") as stream:
        data = stream.read(HEADER_END)
        if data[24:25] != b"\x10":
            return None
        data += stream.read()
    pixels = imagecodecs.png_decode(data)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise ImageError("it is greyscale: there is no colour to correct")
    return pixels


def write(picture: Picture, path: Path) -> None:
    """Write a picture as a 16-bit PNG file, with its profile, resolution and EXIF."""
    data = imagecodecs.png_encode(picture.pixels, level=PNG_LEVEL)
    with path.open("wb") as stream:
        stream.write(data[:HEADER_END])
        if picture.profile:
            write_chunk(stream, b"iCCP", b"ICC profile\0\0" + zlib.compress(picture.profile))
        if picture.dpi:
            per_metre = [round(float(dpi) / 0.0254) for dpi in picture.dpi]
            write_chunk(stream, b"pHYs", struct.pack(">IIB", *per_metre, 1))
        if len(picture.exif):
            write_chunk(stream, b"eXIf", picture.exif.tobytes().removeprefix(b"Exif\0\0"))
        stream.write(data[HEADER_END:])
