"""Tetrahedral interpolation in plain numpy: the definition the other engines must match.

Always there, needs nothing but numpy, and works in the precision of its input: float64 input
gives the reference of the tests, float32 input is the engine of last resort.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .lut import Lut3D, Shaper
STRIP_PIXELS = 1 << 15
# 8-bit pictures of this many pixels are worth a memo of their colours.
MEMO_PIXELS = 1 << 18


def interpolate(table: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Interpolate a lattice inside the tetrahedron that holds each position.

    Each cube of the lattice is cut along its main diagonal into six tetrahedra, one for each
    order of the three fractions; J. Kasson, S. Nin, W. Plouffe and J. Hafner, "Performing color
    space conversions with three-dimensional linear interpolation", J. Electronic Imaging 4(3),
    1995, section 3.3.

    Parameters
    ----------
    table : (N, N, N, 3) float, indexed [r, g, b]
    position : (M, 3) float in [0, N - 1], lattice coordinates; finite

    Returns
    -------
    (M, 3) of position's dtype
    """
    size = table.shape[0]
    rows = table.reshape(-1, 3)
    strides = np.array([size * size, size, 1])
    cell = np.minimum(position.astype(np.int32), size - 2)
    fraction = position - cell.astype(position.dtype)

    lowest, highest = fraction.min(1), fraction.max(1)
    r, g, b = fraction.T
    middle = np.maximum(np.minimum(r, g), np.minimum(np.maximum(r, g), b))
    base = cell @ strides
    first = base + strides[fraction.argmax(1)]
    last = base + strides.sum() - strides[fraction.argmin(1)]

    corners = (base, first, last, base + strides.sum())
    weights = (1 - highest, highest - middle, middle - lowest, lowest)
    result = np.zeros_like(position)
    for corner, weight in zip(corners, weights, strict=True):
        result += rows[corner] * weight[:, None]
    return result


def shape(shaper: Shaper, colours: np.ndarray) -> np.ndarray:
    """Send each channel of (M, 3) finite colours through its own curve, ends held."""
    low, high = shaper.domain_min, shaper.domain_max
    inputs = np.linspace(0, 1, len(shaper.curve))
    columns = [
        np.interp((colours[:, c] - low[c]) / (high[c] - low[c]), inputs, shaper.curve[:, c])
        for c in range(3)
    ]
    return np.stack(columns, -1).astype(colours.dtype, copy=False)


def evaluate(lut: Lut3D, colours: np.ndarray) -> np.ndarray:
    """Look (M, 3) finite float colours up; what lies outside the LUT's domain is clamped to it."""
    if lut.shaper is not None:
        colours = shape(lut.shaper, colours)
    low = np.asarray(lut.domain_min, colours.dtype)
    width = np.asarray(lut.domain_max, colours.dtype) - low
    unit = ((colours - low) / width).clip(0, 1)
    return interpolate(lut.table, unit * colours.dtype.type(lut.size - 1))


def name() -> str:
    """Name this engine and its version."""
    return f"numpy {np.__version__}"


def prepare(lut: Lut3D, dtype: np.dtype) -> Callable[[np.ndarray, np.ndarray], None] | None:
    """See `engine`; this engine takes every LUT, and float32 and float64 pixels."""
    if dtype.name not in ("float32", "float64"):
        return None

    def kernel(pixels: np.ndarray, out: np.ndarray) -> None:
        colours = evaluate(lut, np.nan_to_num(pixels[:, :3], nan=0.0))
        out[:, 3:] = pixels[:, 3:]
        out[:, :3] = colours

    return kernel
