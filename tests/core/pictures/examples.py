"""Profiles and pixels that several tests use."""

import imagecodecs
import numpy as np
from PIL import Image

from colorfix_core.pictures.picture import Picture

ADOBE = imagecodecs.cms_profile("adobergb")
SRGB = imagecodecs.cms_profile("srgb")
GRAY = imagecodecs.cms_profile("gray")


def with_alpha(pixels: np.ndarray) -> np.ndarray:
    """A left-to-right fade from transparent to opaque."""
    full = np.iinfo(pixels.dtype).max
    height, width, _ = pixels.shape
    fade = np.linspace(0, full, width).astype(pixels.dtype)
    return np.dstack([pixels, np.broadcast_to(fade, (height, width))])


def exif_block() -> bytes:
    """A TIFF structure with entries in the first directory and in two folders."""
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes().removeprefix(b"Exif\0\0")


def exif_of(picture: Picture) -> Image.Exif:
    """What Pillow reads in a picture's EXIF."""
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + picture.metadata.exif)
    return exif
