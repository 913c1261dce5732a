"""Pixels of 8 bits, which Pillow reads and writes."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, JpegImagePlugin

from colorfix_core.errors import ImageError
from colorfix_core.pictures import sizes
from colorfix_core.pictures.metadata import upright
from colorfix_core.pictures.picture import Picture
from colorfix_core.pictures.table import PNG_LEVEL

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
# Panoramas are large, and these are the user's own files.
Image.MAX_IMAGE_PIXELS = None


def refuse(image: Image.Image, frames: bool = True) -> None:
    """Raise an ImageError over a picture without color, too large, or with several frames."""
    if reason := _REFUSED.get(image.mode):
        raise ImageError(f"it is {reason}")
    sizes.check(*image.size, 4)
    many = getattr(image, "n_frames", 1)
    if frames and image.format != "TIFF" and many > 1:
        raise ImageError(f"it holds {many} pages or frames, and one was expected")


def decode(image: Image.Image) -> np.ndarray:
    """The 8-bit pixels of a picture as (H, W, 3 or 4)."""
    has_alpha = image.mode in ("RGBA", "RGBa", "PA") or "transparency" in image.info
    return np.array(image.convert("RGBA" if has_alpha else "RGB"))


def stored(image: Image.Image, orientation: int) -> np.ndarray:
    """The pixels of a TIFF file as they are stored: Pillow turns them while decoding."""
    pixels = decode(image)
    if orientation in (6, 8):  # quarter turns are undone by the other one
        orientation = 14 - orientation
    return upright(pixels, orientation)


def tables(image: Image.Image) -> tuple[dict[int, list[int]], int] | None:
    """Quantization tables and subsampling of a JPEG picture, if an encoder here can repeat them."""
    subsampling = JpegImagePlugin.get_sampling(image)
    found: dict[int, list[int]] = dict(image.quantization)  # type: ignore[attr-defined]
    if not found or not set(found) <= {0, 1, 2, 3} or max(map(max, found.values())) > 255:
        return None
    return found, subsampling if subsampling in (0, 1, 2) else 0


def turned_tables(
    known: tuple[dict[int, list[int]], int] | None,
) -> tuple[dict[int, list[int]], int] | None:
    """The same for a picture whose edges change places; none of 4:4:0 can be written here."""
    if known is None:
        return None
    tables, subsampling = known
    turned = {n: np.reshape(table, (8, 8)).T.ravel().tolist() for n, table in tables.items()}
    return turned, 2 if subsampling == 2 else 0


def learn_heif() -> None:
    """Let Pillow read HEIC; ImageError if the package for that is missing."""
    try:
        import pillow_heif
    except ImportError:
        raise ImageError("it is a HEIC picture, which needs the Python package pillow-heif; "
                         "install it, or convert the picture to JPEG") from None  # fmt: skip
    pillow_heif.register_heif_opener()


def encode(picture: Picture, format_: str) -> bytes:
    """The 8-bit pixels, encoded, with nothing beside them but JPEG's resolution.

    A picture that came from JPEG keeps its quality: the same tables, the same subsampling.
    """
    options: dict[str, Any] = {
        "JPEG": {"quality": 95, "subsampling": 0, "optimize": True},
        "PNG": {"compress_level": PNG_LEVEL},
        "WEBP": {"quality": 95, "lossless": picture.lossless, "exact": True},
    }[format_]
    if format_ == "JPEG":
        if picture.dpi:
            options["dpi"] = picture.dpi
        if picture.tables:
            options["qtables"], options["subsampling"] = picture.tables
            del options["quality"]
    encoded = io.BytesIO()
    pixels = picture.pixels[..., :3] if format_ == "JPEG" else picture.pixels
    Image.fromarray(np.ascontiguousarray(pixels)).save(encoded, format_, **options)
    return encoded.getvalue()
