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
        _refuse_raw(data, pages)
        large = [i for i, page in enumerate(pages) if not _is_beside(page)]
        if len(large) > 1:
            raise ImageError(f"it holds {len(large)} pages or frames, and one was expected")
        return large[0] if large else 0


def _is_beside(page: Any) -> bool:
    """Whether a page is a reduced picture or a mask (TIFF 6.0, NewSubfileType, SubfileType)."""
    return bool(page.tags.valueof(254, 0) & 5 or page.tags.valueof(255, 0) == 2
                or page.photometric == 4)  # fmt: skip


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
    orientation, and an unspecified fourth channel; None where Pillow reads as well: 8-bit files
    without one

    Raises
    ------
    ImageError
        If the picture is not RGB, or has neither 8 nor 16 bits a channel.
    """
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[index]
        _check(page)
        unnamed = page.extrasamples and page.extrasamples[0] == 0
        alone = len(file.pages) == 1
        if (alone and page.dtype == np.uint8 and not unnamed) or page.photometric in (3, 6):
            return None
        sizes.check(page.imagewidth, page.imagelength, page.samplesperpixel * page.dtype.itemsize)
        pixels = page.asarray()
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            pixels = np.moveaxis(pixels, 0, -1)
        if unnamed:
            return np.ascontiguousarray(pixels[..., :3]), pixels[..., 3]
        premultiplied = tifffile.EXTRASAMPLE.ASSOCALPHA in (page.extrasamples or ())
        return (_straight_alpha(pixels) if premultiplied else pixels), None


def profile_and_resolution(
    data: bytes, index: int
) -> tuple[bytes | None, tuple[float, float] | None]:
    """The ICC profile, and dots per inch if a sensible number is told."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[index]
        x, y = page.get_resolution("inch") if {282, 283} <= set(page.tags.keys()) else (0, 0)
        told = min(x, y) >= 1 and max(x, y) < 1e5
        return page.iccprofile or None, (float(x), float(y)) if told else None


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
    if page.photometric == 2 and page.dtype not in (np.uint8, np.uint16, np.float32):
        raise ImageError(f"it holds {page.bitspersample}-bit values; 8, 16 or float can be used")


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
        resolution=picture.dpi,
        resolutionunit="inch" if picture.dpi else None,
        software=False,
        metadata=None,
        bigtiff=False,
        byteorder=order,
    )
    return stream.getvalue()


def _straight_alpha(pixels: Array) -> Array:
    """Divide premultiplied colors by their alpha."""
    if pixels.dtype == np.float32:
        divisor = np.where(pixels[..., 3:] > 0, pixels[..., 3:], 1)
        return np.dstack([pixels[..., :3] / divisor, pixels[..., 3:]])
    full = np.float32(np.iinfo(pixels.dtype).max)
    colors = pixels[..., :3] * (full / np.maximum(pixels[..., 3:].astype(np.float32), 1))
    return np.dstack([np.rint(colors.clip(0, full)).astype(pixels.dtype), pixels[..., 3:]])
