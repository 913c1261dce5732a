"""The definition of what a LUT does to colors that lie beyond its box: the correction goes on.

Brightness above the box is divided out, and multiplied in again afterwards: a highlight loses the
cast that its color has inside. What is too saturated for the box is drawn towards a gray until it
lies on the border; what the LUT makes of that is pushed away from its own gray by as much. So hue
is continued, saturation is multiplied, a gray stays gray, the identity stays the identity, and
nothing breaks at the border, where nothing is divided, drawn or pushed.

Distances are those of `gamut.mirrored` numbers. Every kernel follows these lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.gamut import mirrored, unmirrored
from colorfix_core.luts import reference
from colorfix_core.luts.data import Array, LutData, Shaper, lattice

# Above this, numbers keep their excess as it is: no picture means them as colors.
LARGEST = 256.0
# A color is pushed by a factor of two at most; what is farther out keeps its excess.
MOST_PUSH = 2.0
# The gray lies this far above the brightest channel, so that noise around black is not blown up.
ABOVE = 0.1
# Steps of a thousandth: what is interpolated between them is off by less than 1e-5.
_CURVE_POINTS = 4097


def is_beyond(lut: LutData, colors: Array) -> Array:
    """Which of (M, 3) colors the table alone does not answer for, (M,) bool; NaN is beyond."""
    inside = np.ones(len(colors), bool)
    low, high = ((0, 0, 0), (1, 1, 1)) if lut.mirrored else lut.carry_range
    for channel, least, most in zip(colors.T, low, high, strict=True):
        inside &= channel >= colors.dtype.type(least)
        inside &= channel <= colors.dtype.type(most)
    return ~inside


def corrected(lut: LutData, evaluate: Callable[[Array], Array], colors: Array) -> Array:
    """Correct colors beyond a LUT's box.

    Parameters
    ----------
    evaluate : the LUT's table for (M, 3) colors in its `carry_range`, counted as it counts
    colors : (M, 3) float; infinities stay, and NaN, which counts as 0 for the other channels

    Returns
    -------
    (M, 3) of the dtype of `colors`
    """
    low, high = (bound.astype(colors.dtype) for bound in lut.carry_range)
    floor = low if lut.mirrored else mirrored(low)
    numbers = np.where(np.isnan(colors), 0, colors)
    bounded = np.minimum(mirrored(numbers), LARGEST)
    brightness = np.maximum((bounded / high).max(-1, keepdims=True), 1)
    color = bounded / brightness
    gray = np.minimum(color.max(-1, keepdims=True).clip(0) + ABOVE, high.min())
    color = np.maximum(color, floor - (gray - floor) * (MOST_PUSH - 1))
    push = np.maximum(((gray - color) / (gray - floor)).max(-1, keepdims=True), 1)
    border = np.clip(gray + (color - gray) / push, floor, high)

    found = _found(lut, evaluate, border)
    center = found.max(-1, keepdims=True) + (gray - border.max(-1, keepdims=True))
    result = unmirrored((center + (found - center) * push) * brightness)
    result += numbers - unmirrored(color * brightness)
    return np.where(np.isnan(colors), colors, result)


def _found(lut: LutData, evaluate: Callable[[Array], Array], border: Array) -> Array:
    """What the table makes of (M, 3) mirrored colors, mirrored."""
    if lut.mirrored:
        return evaluate(border)
    low, high = (bound.astype(border.dtype) for bound in lut.carry_range)
    return mirrored(evaluate(unmirrored(border).clip(low, high)))


def apply_float64(lut: LutData, colors: Array) -> NDArray[np.float64]:
    """The definition of `Lut3D.apply`: in float64, for (..., 3) colors wherever they lie."""
    flat = np.asarray(colors, np.float64).reshape(-1, 3)
    beyond = is_beyond(lut, flat)
    result = reference.look_up(lut, np.where(beyond[:, None], 0, flat))
    far = flat[beyond]
    result[beyond] = corrected(lut, lambda near: reference.evaluate(lut, near), far)
    return result.reshape(np.shape(colors))


def with_shaper(lut: LutData) -> LutData:
    """A mirrored LUT as programs know it: a curve that mirrors, and what the table gives as it is.

    Inside 0..1 the curve is a straight line, so nothing changes there.
    """
    low, high = unmirrored(np.array([lut.domain_min, lut.domain_max]))
    curve = mirrored(np.linspace(low, high, _CURVE_POINTS)).clip(lut.domain_min, lut.domain_max)
    shaper = Shaper(curve, tuple(low), tuple(high))
    return replace(lut, table=unmirrored(lut.table), shaper=shaper, mirrored=False)


def cut(lut: LutData) -> LutData:
    """The part of a mirrored LUT that is for 0..1, as fine as it was."""
    width = np.subtract(lut.domain_max, lut.domain_min).max()
    grid = lattice(round((lut.size - 1) / width) + 1, (0, 0, 0), (1, 1, 1))
    table = reference.look_up(lut, grid)
    return replace(lut, table=table, domain_min=(0,) * 3, domain_max=(1,) * 3, mirrored=False)
