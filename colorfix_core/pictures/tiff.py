"""TIFF files: reading 16 bits, which Pillow cannot, and writing 8 and 16 with all metadata."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import tifffile
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from colorfix_core.errors import ImageError
from colorfix_core.pictures.metadata import FOLDERS
from colorfix_core.pictures.picture import Array, Picture

_ASCII, _LONG = 2, 4


def read(path: Path) -> Array | None:
    """Read the pixels of a 16-bit TIFF file.

    Returns
    -------
    (H, W, 3 or 4) uint16 with alpha not premultiplied, as stored whatever the orientation,
    or None if this is an 8-bit file

    Raises
    ------
    ImageError
        If the picture is not RGB, or has neither 8 nor 16 bits a channel.
    """
    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        if page.dtype == np.uint8 or page.photometric == tifffile.PHOTOMETRIC.PALETTE:
            return None
        if page.dtype != np.uint16 or page.bitspersample != 16:
            raise ImageError(f"it holds {page.bitspersample}-bit values; 8 or 16 bits can be used")
        if page.photometric != tifffile.PHOTOMETRIC.RGB:
            kind = tifffile.PHOTOMETRIC(page.photometric).name
            raise ImageError(f"it is in {kind}; convert it to RGB and try again")
        pixels = page.asarray()
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            pixels = np.moveaxis(pixels, 0, -1)
        if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
            raise ImageError(f"it has {page.samplesperpixel} channels; RGB or RGBA can be used")
        premultiplied = tifffile.EXTRASAMPLE.ASSOCALPHA in (page.extrasamples or ())
        return _straight_alpha(pixels) if premultiplied else pixels


def write(picture: Picture, path: Path) -> None:
    """Write a picture as a TIFF file, with its profile, resolution and EXIF."""
    exif = picture.exif
    tags: list[Any] = [(tag, _ASCII, 0, str(text).encode(), True)
            for tag, text in exif.items() if tag not in FOLDERS]  # fmt: skip
    folders = {tag: exif.get_ifd(tag) for tag in FOLDERS if exif.get_ifd(tag)}
    # The folders' places are known only when the rest is written.
    tags += [(FOLDERS[tag], _LONG, 1, 0, True) for tag in folders]
    tifffile.imwrite(
        path,
        picture.pixels,
        photometric="rgb",
        compression="zlib",
        compressionargs={"level": 1},  # as small as the usual 6 here, in a sixth of the time
        predictor=True,
        extrasamples=["unassalpha"] if picture.pixels.shape[2] == 4 else None,
        iccprofile=picture.profile,
        resolution=picture.dpi,
        resolutionunit="inch" if picture.dpi else None,
        extratags=tags,
        software=False,
        metadata=None,
        bigtiff=False,
        byteorder="<",
    )
    for tag, entries in folders.items():
        _append_folder(path, tag, entries)


def _straight_alpha(pixels: Array) -> Array:
    """Divide premultiplied colors by their alpha."""
    alpha = pixels[..., 3:].astype(np.float32)
    colors = pixels[..., :3] * (65535 / np.maximum(alpha, 1))
    return np.dstack([np.rint(colors.clip(0, 65535)).astype(np.uint16), pixels[..., 3:]])


def _append_folder(path: Path, tag: int, entries: dict[int, Any]) -> None:
    """Put a folder of EXIF entries at a TIFF file's end, and its place into the tag."""
    folder = ImageFileDirectory_v2(prefix=b"II")
    for key, value in entries.items():
        folder[key] = value
    with path.open("r+b") as stream:
        place = stream.seek(0, os.SEEK_END)
        stream.write(folder.tobytes(place))
        _set_long(stream, tag, place)


def _set_long(stream: BinaryIO, tag: int, value: int) -> None:
    """Set a tag's value in the first directory of a little-endian TIFF file (TIFF 6.0, 2)."""
    stream.seek(4)
    (directory,) = struct.unpack("<I", stream.read(4))
    stream.seek(directory)
    (count,) = struct.unpack("<H", stream.read(2))
    for entry in range(directory + 2, directory + 2 + 12 * count, 12):
        stream.seek(entry)
        if struct.unpack("<H", stream.read(2)) == (tag,):
            stream.seek(entry + 8)
            stream.write(struct.pack("<I", value))
