"""Curves, a mixture of channels, curves: a correction made of operations that GIMP has itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.srgb import decode, encode
from colorfix_core.luts.chain import curves

Array = NDArray[np.float64]
# What the sliders of gegl:channel-mixer can be set to.
LARGEST_GAIN = 2.0


@dataclass(frozen=True, eq=False)
class Chain:
    """Three `gimp:curves`, a `gegl:channel-mixer`, three `gimp:curves`.

    Parameters
    ----------
    first, last : (KNOTS, 3) float in 0..1, one column a channel, rising
        The points' outputs at `curves.inputs()`; the curves are for sRGB-encoded values.
    matrix : (3, 3) float in -2..2, row [r] being the gains that make red
        For linear light, without preserving luminosity.
    mean, highest : float
        What remains of the difference to the LUT over the picture's colors, in CIEDE2000: the
        mean, and what 95 % stay under.
    """

    first: Array
    matrix: Array
    last: Array
    mean: float
    highest: float

    def evaluate(self, colors: Array) -> Array:
        """What GIMP makes of (..., 3) colors, up to float32's rounding.

        They are sRGB-encoded, or what else the chain was fitted for: see `fitting.fit`.
        """
        return evaluate(self.first, self.matrix, self.last, colors)


def evaluate(first: Array, matrix: Array, last: Array, colors: Array) -> Array:
    """`Chain.evaluate` for a chain's parts."""
    mixed = decode(curves.mapped(first, colors)) @ matrix.T
    return curves.mapped(last, encode(mixed))
