"""A curve as GIMP's `gimp:curves` draws and applies it (app/core/gimpcurve.c).

Between two points GIMP draws a cubic Bezier segment whose inner control points follow from the
slopes between the neighbours; it keeps the curve as 256 samples and interpolates linearly between
these. With fixed inputs, each sample is a weighted sum of the points' outputs: the whole curve is
a matrix, which fits want.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
KNOTS = 9
SAMPLES = 256


@cache
def inputs() -> Array:
    """The (KNOTS,) inputs of the points: about evenly spaced, each on a sample of GIMP's."""
    return np.round(np.linspace(0, SAMPLES - 1, KNOTS)) / (SAMPLES - 1)


@cache
def basis() -> Array:
    """(SAMPLES, KNOTS): what each point's output adds to each sample."""
    x, rows = inputs(), np.zeros((SAMPLES, KNOTS))
    at = np.round(x * (SAMPLES - 1)).astype(int)
    for left in range(KNOTS - 1):
        y0, y1, y2, y3 = _controls(x, left)
        t = np.linspace(0, 1, at[left + 1] - at[left] + 1)[:, None]
        rows[at[left] : at[left + 1] + 1] = (
            y0 * (1 - t) ** 3 + 3 * y1 * (1 - t) ** 2 * t + 3 * y2 * (1 - t) * t**2 + y3 * t**3
        )
    return rows


def _controls(x: Array, left: int) -> tuple[Array, Array, Array, Array]:
    """The control points of the segment after a point, as sums of the points' outputs."""
    outputs = np.eye(KNOTS)
    right, last = left + 1, KNOTS - 1
    y0, y3, third = outputs[left], outputs[right], (x[right] - x[left]) / 3
    y1 = y0 + third * _slope(x, outputs, left - 1, right) if left else None
    y2 = y3 - third * _slope(x, outputs, left, right + 1) if right < last else None
    if y1 is None and y2 is not None:
        y1 = y0 + (y2 - y0) / 2
    if y2 is None and y1 is not None:
        y2 = y3 + (y1 - y3) / 2
    assert y1 is not None and y2 is not None
    return y0, y1, y2, y3


def _slope(x: Array, outputs: Array, a: int, b: int) -> Array:
    slope: Array = (outputs[b] - outputs[a]) / (x[b] - x[a])
    return slope


def samples(outputs: Array) -> Array:
    """GIMP's samples (SAMPLES, C) of curves whose points have the (KNOTS, C) outputs in 0..1."""
    return (basis() @ outputs).clip(0, 1)


def weights(values: Array) -> tuple[Array, Array]:
    """What each point adds to the curve at these inputs, and how fast that changes.

    Parameters
    ----------
    values : (...) float; what lies outside 0..1 gets the ends' values, as in GIMP

    Returns
    -------
    two arrays (..., KNOTS) : values of the basis, and its slopes (0 outside 0..1)
    """
    cell, fraction = _place(values)
    low, high = basis()[cell], basis()[cell + 1]
    inside = ((values > 0) & (values < 1))[..., None]
    return low + (high - low) * fraction[..., None], (high - low) * (SAMPLES - 1) * inside


def mapped(outputs: Array, values: Array) -> Array:
    """Send (..., 3) values through three curves of (KNOTS, 3) outputs."""
    curve = samples(outputs)
    cell, fraction = _place(values)
    channel = np.arange(3)
    low, high = curve[cell, channel], curve[cell + 1, channel]
    return low + (high - low) * fraction


def _place(values: Array) -> tuple[NDArray[np.intp], Array]:
    position = values.clip(0, 1) * (SAMPLES - 1)
    cell = np.minimum(position.astype(np.intp), SAMPLES - 2)
    return cell, position - cell
