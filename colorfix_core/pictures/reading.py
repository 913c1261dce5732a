"""From a file's bytes to a picture, whatever the file is called."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from colorfix_core.errors import ImageError
from colorfix_core.messages import tell
from colorfix_core.pictures import (
    by_pillow,
    exif,
    exr,
    intact,
    kinds,
    metadata,
    named_colors,
    others,
    png,
    profiles,
    tiff,
)
from colorfix_core.pictures.containers import jpeg, webp
from colorfix_core.pictures.containers import png as png_chunks
from colorfix_core.pictures.picture import Picture
from colorfix_core.pictures.table import EXTENSIONS


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
    found = read(data, path) if read else others.read(data, kind)
    if found.pixels.ndim != 3 or found.pixels.shape[2] not in (3, 4) or not found.pixels.size:
        raise ImageError("it is damaged: its size or its channels are not what it says")
    if found.profile is None and exif.is_adobe_rgb(found.metadata.exif):
        found = replace(found, profile=profiles.adobe_rgb())
    if found.profile:
        profiles.check(found.profile)
    by_name = EXTENSIONS.get(path.suffix.lower())
    misnamed = kind if by_name and by_name.name != kind else None
    found = _upright(found)
    return replace(found, source=found.pixels, origin=path, kind=kind, misnamed=misnamed)


def _upright(found: Picture) -> Picture:
    turn = found.metadata.orientation
    pixels = metadata.upright(found.pixels, turn)
    extra = None if found.extra is None else metadata.upright(found.extra, turn)
    size = (pixels.shape[1], pixels.shape[0])
    said = found.metadata.upright(size)
    found = replace(found, pixels=pixels, extra=extra, metadata=said)
    if turn < 5:
        return found
    return replace(
        found, dpi=found.dpi and found.dpi[::-1], aspect=found.aspect and found.aspect[::-1]
    )


def _jpeg(data: bytes, path: Path) -> Picture:
    parsed = jpeg.parse(data)
    bare = jpeg.bare(data, parsed)
    with Image.open(io.BytesIO(bare), formats=["JPEG"]) as image:
        by_pillow.refuse(image)
        intact.check(data, parsed)
        pixels = by_pillow.decode(image)
        tables, dpi = by_pillow.tables(image), metadata.resolution(image)
    profile = jpeg.icc_profile(parsed)
    said = metadata.of_jpeg(parsed, data, path)
    if said.orientation > 4:
        tables = by_pillow.turned_tables(tables)
    aspect = jpeg.aspect(parsed)
    return Picture(pixels, profile, said, dpi, aspect, lossless=False, tables=tables)


def _png(data: bytes, path: Path) -> Picture:
    chunks, damaged = png_chunks.parse(data)
    for kind in damaged:
        tell(f"{path}: its {kind} chunk is damaged and left out")
    frames = next((c.content[:4] for c in chunks if c.kind == b"acTL"), b"")
    if int.from_bytes(frames, "big") > 1:
        raise ImageError("it holds several pages or frames, and one was expected")
    bare = png_chunks.bare(chunks)
    png.check(bare)
    pixels = png.read(bare)
    if pixels is None:
        with Image.open(io.BytesIO(bare), formats=["PNG"]) as image:
            by_pillow.refuse(image)
            pixels = by_pillow.decode(image)
    profile = named_colors.of_chunks(dict(chunks), png_chunks.icc_profile(chunks))
    said = metadata.of_png(chunks, path)
    dpi, aspect = png_chunks.resolution(chunks), png_chunks.aspect(chunks)
    return Picture(pixels, profile, said, dpi, aspect)


def _tiff(data: bytes, path: Path) -> Picture:
    index = tiff.main_page(data)
    deep = tiff.read(data, index)
    said = metadata.of_tiff(data, index, path)
    if deep is None:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            image.seek(index)
            by_pillow.refuse(image)
            deep = by_pillow.stored(image, said.orientation), None
    profile, packing = tiff.profile_of(data, index), tiff.packing(data, index)
    dpi, aspect = tiff.resolution(data, index)
    return Picture(deep[0], profile, said, dpi, aspect, extra=deep[1], packing=packing)


def _webp(data: bytes, path: Path) -> Picture:
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        by_pillow.refuse(image)
        pixels, profile = by_pillow.decode(image), image.info.get("icc_profile") or None
    said = metadata.of_webp(data, path)
    lossless = any(chunk.kind == b"VP8L" for chunk in webp.parse(data))
    return Picture(pixels, profile, said, lossless=lossless)
