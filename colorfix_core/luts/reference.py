"""The definition of what a LUT does to a color: plain numpy, by which all kernels are measured.

Everything works in the precision of its input; float64 gives the reference of the tests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color import gamut
from colorfix_core.luts.data import Array, LutData, Shaper


def interpolate(table: Array, position: Array) -> Array:
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
    points, shares = corners(table.shape[0], position)
    rows = table.reshape(-1, 3)
    result = np.zeros_like(position)
    for corner, share in zip(points.T, shares.T, strict=True):
        result += rows[corner] * share[:, None]
    return result


def corners(size: int, position: Array) -> tuple[Array, Array]:
    """The lattice points that a color is interpolated between.

    Parameters
    ----------
    size : lattice points along each axis
    position : as in `interpolate`

    Returns
    -------
    (M, 4) numbers of points, counted with the last axis fastest; (M, 4) shares, which sum to 1
    """
    strides = np.array([size * size, size, 1])
    cell = np.minimum(position.astype(np.int32), size - 2)
    fraction = position - cell.astype(position.dtype)

    lowest, highest = fraction.min(1), fraction.max(1)
    r, g, b = fraction.T
    middle = np.maximum(np.minimum(r, g), np.minimum(np.maximum(r, g), b))
    base = cell @ strides
    first = base + strides[fraction.argmax(1)]
    last = base + strides.sum() - strides[fraction.argmin(1)]

    points = np.stack([base, first, last, base + strides.sum()], 1)
    shares = np.stack([1 - highest, highest - middle, middle - lowest, lowest], 1)
    return points, shares


def shape(shaper: Shaper, colors: Array) -> Array:
    """Send each channel of (M, 3) finite colors through its own curve, ends held."""
    low, high = shaper.domain_min, shaper.domain_max
    inputs = np.linspace(0, 1, len(shaper.curve))
    columns = [
        np.interp((colors[:, c] - low[c]) / (high[c] - low[c]), inputs, shaper.curve[:, c])
        for c in range(3)
    ]
    return np.stack(columns, -1).astype(colors.dtype, copy=False)


def evaluate(lut: LutData, colors: Array) -> Array:
    """Look (M, 3) finite float colors up; what lies outside the LUT's domain is clamped to it.

    Colors and results are counted as the table counts: mirrored, if it is.
    """
    if lut.shaper is not None:
        colors = shape(lut.shaper, colors)
    low = np.asarray(lut.domain_min, colors.dtype)
    width = np.asarray(lut.domain_max, colors.dtype) - low
    unit = ((colors - low) / width).clip(0, 1)
    return interpolate(lut.table, unit * colors.dtype.type(lut.size - 1))


def look_up(lut: LutData, colors: Array) -> NDArray[np.float64]:
    """`evaluate` in float64 for finite (..., 3) colors of any dtype and number of axes."""
    flat = np.asarray(colors, np.float64).reshape(-1, 3)
    found = evaluate(lut, gamut.mirrored(flat) if lut.mirrored else flat)
    return (gamut.unmirrored(found) if lut.mirrored else found).reshape(np.shape(colors))
