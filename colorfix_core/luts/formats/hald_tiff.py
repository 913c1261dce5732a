"""HaldCLUT or tiles as a TIFF picture, which RawTherapee and others take beside PNG."""

from __future__ import annotations

import logging
from typing import BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.formats import layouts
from colorfix_core.messages import tell


def read(stream: BinaryIO, size: int) -> LutData:
    """Read the first page of a TIFF of 8 or 16 bits, or of floats of 0..1.

    Raises
    ------
    LutFileError
        If the file is no RGB picture, is damaged, or holds no lattice.
    """
    import tifffile

    logging.getLogger("tifffile").addHandler(logging.NullHandler())  # it would print to the user
    try:
        with tifffile.TiffFile(stream) as file:
            table = layouts.lattice_in(_pixels(file.pages.first))
    except LutFileError:
        raise
    # tifffile and the decoders behind it report damage as they like.
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise LutFileError(f"its picture data is damaged: {reason}") from error
    if table is None:
        raise LutFileError("it is a picture that holds neither a HaldCLUT nor tiles")
    if layouts.looks_like_a_picture(table):
        tell(layouts.NO_LUT)
    return LutData(table)


def _pixels(page: object) -> Array:
    """The (H, W, 3) float32 colors of a page, whose size is looked at first."""
    height, width = getattr(page, "imagelength", 0), getattr(page, "imagewidth", 0)
    depth, samples = getattr(page, "dtype", None), getattr(page, "samplesperpixel", 0)
    rgb = int(getattr(page, "photometric", 0) or 0) == 2
    if not rgb or samples not in (3, 4) or depth is None or depth.kind not in "uf":
        raise LutFileError("it is no RGB picture of 8 or 16 bits or of floats")
    if not layouts.may_hold(width, height):
        raise LutFileError(f"it is a picture of {width} x {height}, which holds no lattice")
    pixels: Array = page.asarray()  # type: ignore[attr-defined]
    if pixels.shape[0] in (3, 4) and pixels.ndim == 3 and pixels.shape[2] == width:
        pixels = np.moveaxis(pixels, 0, -1)
    full = np.iinfo(depth).max if depth.kind == "u" else 1
    return pixels[..., :3] / np.float32(full)


def write(lut: LutData, stream: BinaryIO) -> None:
    """Refuse to write."""
    raise LutFileError("a HaldCLUT is read from .tif, but not written; use .png")
