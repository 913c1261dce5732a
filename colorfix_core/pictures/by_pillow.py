"""Pixels of 8 bits, which Pillow reads and writes."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from colorfix_core.pictures.picture import Picture
from colorfix_core.pictures.table import PNG_LEVEL

# Panoramas are large, and these are the user's own files.
Image.MAX_IMAGE_PIXELS = None


def decode(image: Image.Image) -> np.ndarray:
    """The 8-bit pixels of a picture as (H, W, 3 or 4)."""
    has_alpha = image.mode in ("RGBA", "RGBa", "PA") or "transparency" in image.info
    return np.array(image.convert("RGBA" if has_alpha else "RGB"))


def is_lossless_webp(path: Path) -> bool:
    """Whether the picture's chunk is VP8L; a profile may come before it (RFC 9649)."""
    with path.open("rb") as stream:
        stream.seek(12)
        while len(head := stream.read(8)) == 8 and head[:4] not in (b"VP8L", b"VP8 "):
            length = int.from_bytes(head[4:], "little")
            stream.seek(length + length % 2, os.SEEK_CUR)
    return head[:4] == b"VP8L"


def write(picture: Picture, path: Path, format_: str) -> None:
    """Write 8-bit pixels with their profile, resolution and EXIF.

    Encoded in memory first: Pillow's encoders do not notice that a disk is full. For PNG they hand
    each piece to Python, which does, and large pictures need not lie in memory a second time.
    """
    options: dict[str, Any] = {
        "JPEG": {"quality": 95, "subsampling": 0, "optimize": True},
        "PNG": {"compress_level": PNG_LEVEL},
        "WEBP": {"quality": 95, "lossless": picture.lossless, "exact": True},
    }[format_]
    if picture.dpi and format_ != "WEBP":
        options["dpi"] = picture.dpi
    if picture.profile:
        options["icc_profile"] = picture.profile
    if len(picture.exif):
        options["exif"] = picture.exif
    pixels = picture.pixels[..., :3] if format_ == "JPEG" else picture.pixels
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if format_ == "PNG":
        image.save(path, format_, **options)
        return
    encoded = io.BytesIO()
    image.save(encoded, format_, **options)
    path.write_bytes(encoded.getbuffer())
