"""Pictures in files: JPEG, PNG, TIFF and WebP, with 8 or 16 bits, and what comes with the pixels.

Pillow reads and writes them, except where it would lose half of 16 bits, or EXIF: the modules
`png` and `tiff` take over there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from colorfix_core.errors import ImageError
from colorfix_core.files.replace import replacing
from colorfix_core.messages import tell
from colorfix_core.pictures import by_pillow, metadata, png, profiles, tiff
from colorfix_core.pictures.picture import Array, Picture
from colorfix_core.pictures.table import EXTENSIONS, FORMATS, Format

# What Pillow's modes without colour, or with colours that no LUT is for, are called.
_REFUSED = {
    "1": "greyscale: there is no colour to correct",
    "L": "greyscale: there is no colour to correct",
    "LA": "greyscale: there is no colour to correct",
    "La": "greyscale: there is no colour to correct",
    "I;16": "greyscale: there is no colour to correct",
    "I;16B": "greyscale: there is no colour to correct",
    "I": "greyscale: there is no colour to correct",
    "F": "greyscale: there is no colour to correct",
    "CMYK": "in CMYK, made for a printer; convert it to RGB and try again",
    "LAB": "in CIELAB; convert it to RGB and try again",
}


def read(path: str | Path) -> Picture:
    """Read a picture.

    Raises
    ------
    ImageError
        If the file cannot be read, or holds something else than one 8- or 16-bit colour picture.
    """
    path = Path(path)
    try:
        with Image.open(path, formats=[format_.name for format_ in FORMATS]) as image:
            return _from_pillow(image, path)
    except ImageError as error:
        raise ImageError(f"{path} cannot be used: {error}") from error
    except UnidentifiedImageError as error:
        formats = "JPEG, PNG, TIFF or WebP"
        raise ImageError(f"{path} is not an 8- or 16-bit {formats} picture") from error
    except MemoryError as error:
        raise ImageError(f"{path} is too large for this machine's memory") from error
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror or error}") from error
    except Exception as error:  # decoders raise whatever a damaged file makes them trip over
        raise ImageError(f"{path} is damaged: {error}") from error


def write(picture: Picture, path: str | Path) -> None:
    """Write a picture; the format follows from the extension.

    The file appears under its name only when it is complete. JPEG and WebP hold 8 bits, to which
    a deeper picture is rounded, and the user is told.

    Raises
    ------
    ImageError
        If the format is unknown or cannot hold the picture, or the file cannot be written.
    """
    path = Path(path)
    format_ = format_of(path)
    _check_alpha(picture, format_, path)
    deep = picture.pixels.dtype == np.uint16
    if deep and not format_.holds_16_bits:
        tell(f"{path.name} holds 8 bits a channel; the picture had 16")
        picture = replace(picture, pixels=_to_8_bits(picture.pixels))
        deep = False
    try:
        with replacing(path) as part:
            if format_.name == "TIFF":
                tiff.write(picture, part)
            elif deep:
                png.write(picture, part)
            else:
                by_pillow.write(picture, part, format_.name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{path} cannot be written: {reason}") from error


def format_of(path: Path) -> Format:
    """The format that a file's extension stands for; ImageError if there is none."""
    try:
        return EXTENSIONS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(EXTENSIONS)
        raise ImageError(f"{path} does not end in a picture's extension ({known})") from None


def _from_pillow(image: Image.Image, path: Path) -> Picture:
    if reason := _REFUSED.get(image.mode):
        raise ImageError(f"it is {reason}")
    frames = getattr(image, "n_frames", 1)
    if image.format in ("PNG", "TIFF", "WEBP") and frames > 1:
        raise ImageError(f"it holds {frames} pages or frames, and one was expected")
    profile = image.info.get("icc_profile") or None
    if profile:
        profiles.check(profile)
    deep = {"PNG": png.read, "TIFF": tiff.read}.get(image.format or "")
    pixels = deep(path) if deep else None
    if pixels is None:
        pixels = by_pillow.decode(image)
    # Pillow turns a TIFF while decoding it, and says so by forgetting its orientation.
    exif = metadata.exif_of(image, path)
    return Picture(
        metadata.upright(pixels, exif.get(metadata.ORIENTATION, 1)),
        profile,
        metadata.portable(exif),
        metadata.resolution(image),
        lossless=image.format in ("PNG", "TIFF") or by_pillow.is_lossless_webp(path),
    )


def _to_8_bits(pixels: Array) -> Array:
    return np.rint(pixels / np.float32(257)).astype(np.uint8)


def _check_alpha(picture: Picture, format_: Format, path: Path) -> None:
    if format_.holds_alpha or picture.pixels.shape[2] == 3:
        return
    if (picture.pixels[..., 3] < np.iinfo(picture.pixels.dtype).max).any():
        raise ImageError(f"{path} cannot hold transparency; choose PNG, TIFF or WebP")
