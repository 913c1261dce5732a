"""OpenColorIO as the engine: its vectorised tetrahedral kernel, bands of pixels at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import PyOpenColorIO as ocio

if TYPE_CHECKING:
    from colorfix_core.luts.lut import Lut3D

BIT_DEPTHS = {
    "uint8": ocio.BIT_DEPTH_UINT8,
    "uint16": ocio.BIT_DEPTH_UINT16,
    "float32": ocio.BIT_DEPTH_F32,
}
LARGEST_SIZE = 129
# OpenColorIO works row by row; RGB rows are unpacked into a buffer of this many RGBA pixels.
ROW_PIXELS = 4096
# A strip is read twice, by the range check and by OpenColorIO: it has to stay in the third-level
# cache, and be large enough to make the two calls cheap.
STRIP_PIXELS = 1 << 19
# 8-bit pictures of this many pixels are worth a memo of their colours.
MEMO_PIXELS = 1 << 22


def name() -> str:
    """Name this engine and its version."""
    return f"OpenColorIO {ocio.__version__}"


def prepare(lut: Lut3D, dtype: np.dtype) -> Callable[[np.ndarray, np.ndarray], None] | None:
    """See `engine`; sizes up to 129, uint8, uint16 and float32 pixels."""
    if lut.size > LARGEST_SIZE or dtype.name not in BIT_DEPTHS:
        return None
    depth = BIT_DEPTHS[dtype.name]
    processor = _processor(lut, depth)

    def kernel(pixels: np.ndarray, out: np.ndarray) -> None:
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


def _description(pixels: np.ndarray, width: int, depth: ocio.BitDepth) -> ocio.PackedImageDesc:
    height, channels, item = len(pixels) // width, pixels.shape[1], pixels.itemsize
    return ocio.PackedImageDesc(
        pixels, width, height, channels, depth, item, item * channels, item * channels * width
    )


def _processor(lut: Lut3D, depth: ocio.BitDepth) -> ocio.CPUProcessor:
    # LOSSLESS forbids what would change numbers, such as baking curves into tables.
    return (
        ocio.Config.CreateRaw()
        .getProcessor(transform(lut))
        .getOptimizedCPUProcessor(depth, depth, ocio.OPTIMIZATION_LOSSLESS)
    )


def transform(lut: Lut3D) -> ocio.GroupTransform:
    """The LUT as OpenColorIO's operations."""
    group = ocio.GroupTransform()
    if lut.shaper is not None:
        _append_scaling(group, lut.shaper.domain_min, lut.shaper.domain_max)
        curve = ocio.Lut1DTransform(len(lut.shaper.curve), False)
        curve.setData(lut.shaper.curve.ravel())
        group.appendTransform(curve)
    _append_scaling(group, lut.domain_min, lut.domain_max)
    table = ocio.Lut3DTransform(lut.size)
    table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    table.setData(lut.table.ravel())
    group.appendTransform(table)
    return group


def _append_scaling(group: ocio.GroupTransform, low: tuple, high: tuple) -> None:
    """Bring a domain to 0..1, which is what OpenColorIO's tables expect."""
    if low == (0, 0, 0) and high == (1, 1, 1):
        return
    scale = [1 / (b - a) for a, b in zip(low, high, strict=True)]
    matrix = np.diag([*scale, 1.0]).ravel()
    offset = [-a * s for a, s in zip(low, scale, strict=True)] + [0.0]
    group.appendTransform(ocio.MatrixTransform(matrix, offset))
