"""OpenColorIO's vectorized tetrahedral kernel, bands of pixels at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import PyOpenColorIO as ocio

from colorfix_core.luts import opencolorio
from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.kernels.contract import Kernel

BIT_DEPTHS = {
    "uint8": ocio.BIT_DEPTH_UINT8,
    "uint16": ocio.BIT_DEPTH_UINT16,
    "float32": ocio.BIT_DEPTH_F32,
}
# OpenColorIO works row by row; RGB rows are unpacked into a buffer of this many RGBA pixels.
ROW_PIXELS = 4096
# A strip is read twice, by the range check and by OpenColorIO: it has to stay in the third-level
# cache, and be large enough to make the two calls cheap.
STRIP_PIXELS = 1 << 19
# 8-bit pictures of this many pixels are worth a memo of their colors.
MEMO_PIXELS = 1 << 22


def name() -> str:
    """Name these kernels and their version."""
    return f"OpenColorIO {ocio.__version__}"


def prepare(lut: LutData, dtype: np.dtype[Any]) -> Kernel | None:
    """See `Kernels`; sizes up to 129, uint8, uint16 and float32 pixels."""
    if lut.size > opencolorio.LARGEST_SIZE or dtype.name not in BIT_DEPTHS:
        return None
    depth = BIT_DEPTHS[dtype.name]
    processor = _processor(lut, depth)

    def kernel(pixels: Array, out: Array) -> None:
        whole = len(pixels) // ROW_PIXELS * ROW_PIXELS
        if whole:
            processor.apply(
                _description(pixels[:whole], ROW_PIXELS, depth),
                _description(out[:whole], ROW_PIXELS, depth),
            )
        if whole < len(pixels):
            rest = len(pixels) - whole
            processor.apply(
                _description(pixels[whole:], rest, depth), _description(out[whole:], rest, depth)
            )

    return kernel


def _description(pixels: Array, width: int, depth: ocio.BitDepth) -> ocio.PackedImageDesc:
    height, channels, item = len(pixels) // width, pixels.shape[1], pixels.itemsize
    return ocio.PackedImageDesc(
        pixels, width, height, channels, depth, item, item * channels, item * channels * width
    )


def _processor(lut: LutData, depth: ocio.BitDepth) -> ocio.CPUProcessor:
    # LOSSLESS forbids what would change numbers, such as baking curves into tables.
    return (
        ocio.Config.CreateRaw()
        .getProcessor(opencolorio.transform(lut))
        .getOptimizedCPUProcessor(depth, depth, ocio.OPTIMIZATION_LOSSLESS)
    )
