"""Formats that are read and not written: BMP, GIF, JPEG 2000, AVIF, HEIC."""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import Image

from colorfix_core.errors import ImageError
from colorfix_core.pictures import by_pillow, metadata, named_colors
from colorfix_core.pictures.containers import boxes, jpeg
from colorfix_core.pictures.metadata import Metadata
from colorfix_core.pictures.picture import Picture

_NAMES = {"JPEG2000": "JPEG 2000", "HEIF": "HEIC"}
# Color spaces of JPEG 2000 that decoders here give as sRGB (T.800, table I.10; T.801, M.11.7.3).
_SRGB, _ROMM = (0, 16, 17, 18), 21
_EMBEDDED = b"DEBM"  # BITMAPV5HEADER's PROFILE_EMBEDDED


def read(data: bytes, kind: str) -> Picture:
    """The picture in a file of such a format.

    Raises
    ------
    ImageError, and what decoders raise
    """
    if kind == "HEIF":
        by_pillow.learn_heif()
    with Image.open(io.BytesIO(data), formats=[kind]) as image:
        # HEIC names one of its pictures the main one, at which it is opened.
        by_pillow.refuse(image, frames=kind != "HEIF")
        pixels = by_pillow.decode(image)
        # pillow-heif says None for what is not there.
        block = (image.info.get("exif") or b"").removeprefix(jpeg.EXIF)
        packet = image.info.get("xmp") or b""
        dpi = metadata.resolution(image)
        profile = image.info.get("icc_profile") or None
        found = tuple(boxes.boxes(data)) if kind in ("JPEG2000", "AVIF", "HEIF") else ()
        lost = tuple(_lost(image, data, kind, found))
    if kind == "JPEG2000":
        profile, packet = _jpeg_2000_profile(found), packet or boxes.xmp(found)
    elif found and not profile:
        named = boxes.codes(found)
        profile = named_colors.of_codes(*named) if named and named_colors.is_known(*named) else None
    elif kind == "BMP":
        profile = _bmp_profile(data)
    said = Metadata(block, packet, lost=lost)
    return Picture(pixels, profile, said, dpi, lossless=kind in ("BMP", "GIF"))


def _jpeg_2000_profile(found: tuple[boxes.Box, ...]) -> bytes | None:
    profile, space = boxes.jpeg_2000_colors(found)
    if space == _ROMM:
        return named_colors.romm()
    if profile is None and space not in _SRGB:
        raise ImageError(f"its colors are in space {space} of JPEG 2000; convert it to sRGB first")
    return profile


def _bmp_profile(data: bytes) -> bytes | None:
    """What is embedded behind a header of version 5 (Microsoft, BITMAPV5HEADER)."""
    if len(data) < 138 or data[14] < 124 or data[70:74] != _EMBEDDED:
        return None
    place, size = struct.unpack_from("<II", data, 14 + 112)
    return data[14 + place : 14 + place + size] or None


def _lost(image: Any, data: bytes, kind: str, found: tuple[boxes.Box, ...]) -> list[str]:
    """What a file holds beside the picture that is read."""
    sentences = []
    if kind == "HEIF" and (others := getattr(image, "n_frames", 1) - 1) > 0:
        sentences.append(f"its further pictures ({others}) are left out")
    if image.info.get("depth_images"):
        sentences.append("its map of depth is left out")
    if boxes.has_gain_map(found):
        sentences.append("its gain map (HDR) is left out")
    bits = _bits(image, data, kind, found)
    if bits > 8:
        name = _NAMES.get(kind, kind)
        sentences.append(f"8 of its {bits} bits a channel are read: more of {name} is unknown here")
    return sentences


def _bits(image: Any, data: bytes, kind: str, found: tuple[boxes.Box, ...]) -> int:
    """Bits a channel."""
    match kind:
        case "HEIF":
            return int(image.info.get("bit_depth") or 8)
        case "AVIF":
            return boxes.avif_bits(found)
        case "JPEG2000":
            return boxes.jpeg_2000_bits(data, found)
    return 8
