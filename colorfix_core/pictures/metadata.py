"""What a picture file says beside its pixels, as far as it stays true after a correction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_core.messages import tell

# EXIF entries lie in folders of their own, whose places these two tags tell.
FOLDERS = {0x8769: "ExifTag", 0x8825: "GPSTag"}
ORIENTATION = 0x0112
# ImageDescription, Make, Model, Software, DateTime, Artist, Copyright.
_DESCRIPTIVE_TAGS = {270, 271, 272, 305, 306, 315, 33432}


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn stored pixels the way that EXIF's orientation 1 to 8 says."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def exif_of(image: Image.Image, path: Path) -> Image.Exif:
    """The metadata of a file, or none if it is damaged: colors can be corrected without."""
    try:
        exif = image.getexif()
        portable(exif).tobytes()
        return exif
    except MemoryError:
        raise
    except Exception as error:  # as many kinds as there are kinds of damage
        tell(f"{path}: its EXIF is damaged and left out ({error})")
        return Image.Exif()


def portable(exif: Image.Exif) -> Image.Exif:
    """The metadata that stays true: no orientation, no thumbnail, nothing of TIFF's layout."""
    portable = Image.Exif()
    for tag in _DESCRIPTIVE_TAGS & set(exif):
        portable[tag] = exif[tag]
    for folder in FOLDERS:
        if entries := exif.get_ifd(folder):
            portable.get_ifd(folder).update(entries)
    return portable


def resolution(image: Image.Image) -> tuple[float, float] | None:
    """Dots per inch, if the file tells a sensible number."""
    dpi = tuple(map(float, image.info.get("dpi", ())))
    return dpi if len(dpi) == 2 and all(1 <= value < 1e5 for value in dpi) else None
