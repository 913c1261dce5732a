"""TIFF files: reading 16 bits, which Pillow cannot, and writing 8 and 16 with all metadata."""

from __future__ import annotations

import io
import logging
from typing import Any

import numpy as np
import tifffile

from colorfix_core.errors import ImageError
from colorfix_core.pictures import profiles, sizes
from colorfix_core.pictures.picture import Array, Picture

# What tifffile finds odd in a file it would print among the user's sentences.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def main_page(data: bytes) -> int:
    """Which page is the picture: thumbnails and masks are beside it.

    Raises
    ------
    ImageError
        If there are several pictures, or this is a camera's raw file.
    """
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        pages = list(file.pages)
        if not pages:
            raise ImageError("it is damaged: it is cut before what says how to read it")
        _refuse_raw(data, pages)
        large = [i for i, page in enumerate(pages) if not _is_beside(page)]
        if len(large) > 1 and (one := _only_large(pages, large)) is not None:
            return one
        if len(large) > 1:
            raise ImageError(f"it holds {len(large)} pages or frames, and one was expected")
        return large[0] if large else 0


def _is_beside(page: Any) -> bool:
    """Whether a page is a reduced picture or a mask (TIFF 6.0, NewSubfileType, SubfileType)."""
    return bool(page.tags.valueof(254, 0) & 5 or page.tags.valueof(255, 0) == 2
                or page.photometric == 4)  # fmt: skip


def _only_large(pages: list[Any], among: list[int]) -> int | None:
    """The page of which all others seem to be reduced copies that are not marked; or None."""
    size = {i: np.array([pages[i].imagewidth, pages[i].imagelength]) for i in among}
    main = max(among, key=lambda i: int(size[i].min()))
    scales = [size[main] / size[i].clip(1) for i in among if i != main]
    copies = all(s.min() >= 2 and np.ptp(s) <= 0.1 * s.max() for s in scales)
    return main if copies else None


def _refuse_raw(data: bytes, pages: list[Any]) -> None:
    maker = str(pages[0].tags.valueof(271, "")).split(" ")[0].title() or "a camera"
    inner = [page for main in pages for page in (*(main.pages or ()), main)]
    mosaic = any(page.photometric in (32803, 34892) for page in inner)
    if 50706 in pages[0].tags:
        maker = "DNG"
    elif data[8:10] != b"CR" and not mosaic:
        return
    raise ImageError(f"it is a raw file ({maker}); develop it first, in darktable or RawTherapee, "
                     "or open it in GIMP through one of these")  # fmt: skip


def read(data: bytes, index: int) -> tuple[Array, Array | None] | None:
    """Read the pixels of a page of a TIFF file.

    Returns
    -------
    (H, W, 3 or 4) uint8 or uint16 with alpha not premultiplied, as stored whatever the
    orientation, and an unspecified fourth channel; None for palettes and YCbCr, which Pillow reads

    Raises
    ------
    ImageError
        If the picture is not RGB, or has neither 8 nor 16 bits a channel.
    """
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[index]
        _check(page)
        unnamed = page.extrasamples and page.extrasamples[0] == 0
        if page.photometric in (3, 6):
            return None
        sizes.check(page.imagewidth, page.imagelength, page.samplesperpixel * page.dtype.itemsize)
        pixels = _usual(page.asarray(), page.bitspersample)
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            pixels = np.moveaxis(pixels, 0, -1)
        if unnamed:
            return np.ascontiguousarray(pixels[..., :3]), pixels[..., 3]
        premultiplied = tifffile.EXTRASAMPLE.ASSOCALPHA in (page.extrasamples or ())
        return (_straight_alpha(pixels) if premultiplied else pixels), None


def _usual(pixels: Array, bits: int) -> Array:
    """Pixels of 8 or 16 bits, or of floats of 32, of what a file may hold beside these."""
    if pixels.dtype.kind == "f":
        return np.asarray(pixels, np.float32)
    if bits in (8, 16):
        return pixels
    return np.asarray(np.rint(pixels * (65535 / (2**bits - 1))), np.uint16)


def profile_of(data: bytes, index: int) -> bytes | None:
    """The ICC profile."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        return file.pages[index].iccprofile or None


def resolution(
    data: bytes, index: int
) -> tuple[tuple[float, float] | None, tuple[int, int] | None]:
    """Dots per inch if a sensible number is told, or densities without a unit if they differ."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[index]
        if not {282, 283} <= set(page.tags.keys()):
            return None, None
        x, y = page.get_resolution("inch")
        if not (min(x, y) > 0 and max(x, y) < 1e5):
            return None, None
        if page.tags.valueof(296, 2) == 1:
            x, y = page.get_resolution("none")
            return None, (round(x * 100), round(y * 100)) if x != y else None
        return ((float(x), float(y)) if min(x, y) >= 1 else None), None


def packing(data: bytes, index: int) -> str:
    """How to compress the picture anew: by deflate only if it was not in TIFF 6.0's own ways."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        return "lzw" if int(file.pages[index].compression) in (1, 5, 6, 32773) else "zlib"


def _check(page: Any) -> None:
    if page.photometric in (8, 9, 10):
        raise ImageError("it is in CIELAB; convert it to RGB and try again")
    if page.photometric == 5:
        raise ImageError("it is in CMYK, made for a printer; convert it to RGB and try again")
    if page.photometric in (0, 1):
        raise ImageError("it is greyscale: there is no colour to correct")
    if page.photometric not in (2, 3, 6):
        kind = getattr(page.photometric, "name", page.photometric)
        raise ImageError(f"it is in {kind}; convert it to RGB and try again")
    if page.photometric == 2 and page.samplesperpixel not in (3, 4):
        raise ImageError(f"it has {page.samplesperpixel} channels; RGB or RGBA can be used")
    if page.photometric == 2 and not _is_usual(page.dtype, page.bitspersample):
        kind = {"u": "whole numbers", "i": "signed numbers", "f": "floats"}.get(
            getattr(page.dtype, "kind", ""), "values")  # fmt: skip
        raise ImageError(f"it holds {kind} of {page.bitspersample} bits; whole numbers of 8 or 16, "
                         "or floats, can be used")  # fmt: skip
    parts = (page.dataoffsets, page.databytecounts)
    missing = any(len(part) < np.prod(page.chunked) or 0 in part for part in parts)
    if missing and not _SPARSE & set(page.tags.keys()):
        raise ImageError("it is damaged: part of its picture is missing")


def _is_usual(dtype: Any, bits: Any) -> bool:
    """Whether pixels can be corrected."""
    if dtype is None or not isinstance(bits, int):
        return False
    return dtype.kind == "f" or (dtype.kind == "u" and 8 <= bits <= 16)


# Maps have holes (GDAL's sparse files): tags of GeoTIFF, and GDAL's value for no data.
_SPARSE = {33550, 33922, 34264, 34735, 42113}


def encode(picture: Picture, order: str) -> bytes:
    """The pixels, encoded in a byte order, with their profile and resolution.

    Of floats without a profile some programs think that they are linear, so OpenEXR's get one.
    """
    pixels, extra = picture.pixels, None
    if pixels.shape[2] == 4:
        extra = ["unassalpha"]
    elif picture.extra is not None:
        pixels, extra = np.dstack([pixels, picture.extra]), ["unspecified"]
    stream = io.BytesIO()
    tifffile.imwrite(
        stream,
        pixels,
        photometric="rgb",
        compression=picture.packing,
        # As small as the usual 6 here, in a sixth of the time.
        compressionargs={"level": 1} if picture.packing == "zlib" else None,
        predictor=True,
        extrasamples=extra,
        iccprofile=picture.profile or (profiles.of_srgb() if picture.kind == "EXR" else None),
        resolution=picture.dpi or picture.aspect,
        resolutionunit=_unit(picture),
        software=False,
        metadata=None,
        bigtiff=False,
        byteorder=order,
    )
    return stream.getvalue()


def _unit(picture: Picture) -> str | None:
    if picture.dpi:
        return "inch"
    return "none" if picture.aspect else None


def _straight_alpha(pixels: Array) -> Array:
    """Divide premultiplied colors by their alpha."""
    if pixels.dtype == np.float32:
        divisor = np.where(pixels[..., 3:] > 0, pixels[..., 3:], 1)
        return np.dstack([pixels[..., :3] / divisor, pixels[..., 3:]])
    full = np.float32(np.iinfo(pixels.dtype).max)
    colors = pixels[..., :3] * (full / np.maximum(pixels[..., 3:].astype(np.float32), 1))
    return np.dstack([np.rint(colors.clip(0, full)).astype(pixels.dtype), pixels[..., 3:]])
