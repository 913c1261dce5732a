"""From a file's bytes to a picture, whatever the file is called."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from colorfix_core.errors import ImageError
from colorfix_core.pictures import (
    by_pillow,
    exif,
    exr,
    intact,
    kinds,
    metadata,
    png,
    profiles,
    sizes,
    tiff,
)
from colorfix_core.pictures.containers import jpeg, webp
from colorfix_core.pictures.containers import png as png_chunks
from colorfix_core.pictures.metadata import Metadata
from colorfix_core.pictures.picture import Picture
from colorfix_core.pictures.table import EXTENSIONS

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


def picture(data: bytes, path: Path) -> Picture:
    """The picture in a file, upright.

    Raises
    ------
    ImageError, and what decoders raise
    """
    if why := kinds.refusal(data, path.suffix.lower()):
        raise ImageError(why)
    kind = kinds.kind_of(data)
    if kind is None:
        raise UnidentifiedImageError
    read = {"JPEG": _jpeg, "PNG": _png, "TIFF": _tiff, "WEBP": _webp, "EXR": exr.read}.get(kind)
    found = read(data, path) if read else _other(data, kind)
    if found.pixels.ndim != 3 or found.pixels.shape[2] not in (3, 4) or not found.pixels.size:
        raise ImageError("it is damaged: its size or its channels are not what it says")
    if found.profile is None and exif.is_adobe_rgb(found.metadata.exif):
        found = replace(found, profile=profiles.adobe_rgb())
    if found.profile:
        profiles.check(found.profile)
    by_name = EXTENSIONS.get(path.suffix.lower())
    misnamed = kind if found.lossless and by_name and by_name.name != kind else None
    found = _upright(found)
    return replace(found, source=found.pixels, origin=path, kind=kind, misnamed=misnamed)


def _upright(found: Picture) -> Picture:
    turn = found.metadata.orientation
    pixels = metadata.upright(found.pixels, turn)
    extra = None if found.extra is None else metadata.upright(found.extra, turn)
    size = (pixels.shape[1], pixels.shape[0])
    return replace(found, pixels=pixels, extra=extra, metadata=found.metadata.upright(size))


def _jpeg(data: bytes, path: Path) -> Picture:
    parsed = jpeg.parse(data)
    bare = jpeg.bare(data, parsed)
    with Image.open(io.BytesIO(bare), formats=["JPEG"]) as image:
        _refuse(image)
        intact.check(data, parsed)
        pixels = by_pillow.decode(image)
        tables, dpi = by_pillow.tables(image), metadata.resolution(image)
    profile = jpeg.icc_profile(parsed)
    said = metadata.of_jpeg(parsed, data, path)
    if said.orientation > 4:
        tables = None
    return Picture(pixels, profile, said, dpi, lossless=False, tables=tables)


def _png(data: bytes, path: Path) -> Picture:
    chunks = png_chunks.parse(data)
    frames = next((c.content[:4] for c in chunks if c.kind == b"acTL"), b"")
    if int.from_bytes(frames, "big") > 1:
        raise ImageError("it holds several pages or frames, and one was expected")
    bare = png_chunks.bare(chunks)
    pixels = png.read(bare)
    if pixels is None:
        with Image.open(io.BytesIO(bare), formats=["PNG"]) as image:
            _refuse(image)
            pixels = by_pillow.decode(image)
    profile = png_chunks.icc_profile(chunks) or profiles.of_chunks(dict(chunks))
    said = metadata.of_png(chunks, path)
    return Picture(pixels, profile, said, png_chunks.resolution(chunks))


def _tiff(data: bytes, path: Path) -> Picture:
    index = tiff.main_page(data)
    deep = tiff.read(data, index)
    said = metadata.of_tiff(data, index, path)
    if deep is None:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            image.seek(index)
            _refuse(image)
            deep = by_pillow.stored(image, said.orientation), None
    profile, dpi = tiff.profile_and_resolution(data, index)
    packing = tiff.packing(data, index)
    return Picture(deep[0], profile, said, dpi, extra=deep[1], packing=packing)


def _webp(data: bytes, path: Path) -> Picture:
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        _refuse(image)
        pixels, profile = by_pillow.decode(image), image.info.get("icc_profile") or None
    said = metadata.of_webp(data, path)
    lossless = any(chunk.kind == b"VP8L" for chunk in webp.parse(data))
    return Picture(pixels, profile, said, lossless=lossless)


def _other(data: bytes, kind: str) -> Picture:
    """A picture of a format that is read and not written."""
    if kind == "HEIF":
        by_pillow.learn_heif()
    with Image.open(io.BytesIO(data), formats=[kind]) as image:
        _refuse(image)
        pixels = by_pillow.decode(image)
        profile = image.info.get("icc_profile") or None
        # pillow-heif says None for what is not there.
        block = (image.info.get("exif") or b"").removeprefix(jpeg.EXIF)
        xmp = image.info.get("xmp") or b""
        dpi = metadata.resolution(image)
    return Picture(pixels, profile, Metadata(block, xmp), dpi, lossless=kind in ("BMP", "GIF"))


def _refuse(image: Image.Image) -> None:
    if reason := _REFUSED.get(image.mode):
        raise ImageError(f"it is {reason}")
    sizes.check(*image.size, 4)
    frames = getattr(image, "n_frames", 1)
    if image.format != "TIFF" and frames > 1:
        raise ImageError(f"it holds {frames} pages or frames, and one was expected")
