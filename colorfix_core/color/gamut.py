"""Colors beyond sRGB: what their negative numbers mean, and encodings with wider primaries.

ICC's and babl's sRGB curve goes on below black as a straight line: linear light times 12.92. So
Display P3's green has a red of -2.9, though all the red of sRGB spans 1. Where distances matter
such numbers are mirrored first: the curve for positive numbers, turned about black, makes it -0.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color import srgb

Array = NDArray[Any]

# Where the curve begins, and the slope of the line before it (IEC 61966-2-1).
CURVE_FROM = 0.04045
SLOPE = 12.92
# Linear sRGB to linear light of ITU-R BT.2020, and of ROMM RGB (ISO 22028-2) adapted to D65 by
# Bradford's matrix; white stays white.
_BT2020 = np.array(
    [[0.627404, 0.329283, 0.043313], [0.069097, 0.919540, 0.011363], [0.016391, 0.088013, 0.895596]]
)
_ROMM = np.array(
    [[0.529297, 0.330037, 0.140666], [0.098344, 0.873461, 0.028195], [0.016880, 0.117668, 0.865452]]
)
_STEPS = np.linspace(0, 2, 41)
# Linear light below black that is noise, not color.
_NOISE = 1e-3


def mirrored(encoded: Array) -> Array:
    """Encoded colors with the sRGB curve mirrored at black; those above -0.04 are as they were.

    Parameters
    ----------
    encoded : float, any shape, sRGB-encoded as ICC and babl do below black; NaN stays

    Returns
    -------
    Of the shape and dtype of `encoded`; `encoded` itself if nothing is to be done
    """
    below = encoded < -CURVE_FROM
    if not below.any():
        return encoded
    return np.where(below, srgb.encode(np.minimum(encoded, -CURVE_FROM) / SLOPE), encoded)


def unmirrored(colors: Array) -> Array:
    """The inverse of `mirrored`."""
    below = colors < -CURVE_FROM
    if not below.any():
        return colors
    return np.where(below, SLOPE * srgb.decode(np.minimum(colors, -CURVE_FROM)), colors)


def dimmed(colors: Array) -> Array:
    """What counts of a picture's colors: mirrored, with highlights no brighter than white.

    A highlight above 1 keeps its hue. NaN and darker than -1 are no colors: they count as 0 or -1.

    Parameters
    ----------
    colors : (..., 3 or more) float32, sRGB-encoded as ICC does; the first three are colors

    Returns
    -------
    (..., 3 or more) in [-1, 1]; `colors` itself where that holds already
    """
    rgb = colors[..., :3]
    if rgb.size == 0 or (rgb.min() >= 0 and rgb.max() <= 1):  # never true of NaN
        return colors
    rgb = mirrored(np.nan_to_num(rgb, nan=0, posinf=1, neginf=0)).clip(-1, None)
    result = colors.copy()
    result[..., :3] = rgb / np.maximum(rgb.max(-1, keepdims=True), 1)
    return result


@dataclass(frozen=True)
class Wider:
    """An encoding with sRGB's curve and white, and wider primaries.

    Parameters
    ----------
    reach : 0 for sRGB's primaries, 1 for BT.2020's, 2 for those of ROMM (ProPhoto) RGB; between
        them a mixture of the matrices, so that a little more color changes the encoding a little
    """

    reach: float

    @classmethod
    def holding(cls, colors: Array, weights: Array | None = None, share: float = 0.995) -> Wider:
        """The narrowest that holds a share of a picture's colors.

        Parameters
        ----------
        colors : (..., 3) float, sRGB-encoded as ICC does; brightness above 1 does not count
        weights : (...) how much each counts; None: all alike
        """
        beyond = (colors < 0).any(-1)
        counts = np.ones(beyond.shape) if weights is None else np.asarray(weights, np.float64)
        allowed = (1 - share) * counts.sum()
        linear = srgb.decode(mirrored(colors[beyond].astype(np.float64)))
        linear /= np.maximum(1, linear.max(-1, keepdims=True, initial=0))
        for reach in _STEPS[:-1]:
            lost = (linear @ cls(reach).matrix.T < -_NOISE).any(-1)
            if counts[beyond][lost].sum() <= allowed:
                return cls(float(reach))
        return cls(float(_STEPS[-1]))

    @property
    def is_srgb(self) -> bool:
        """Whether nothing is wider."""
        return self.reach == 0

    @property
    def matrix(self) -> NDArray[np.float64]:
        """From linear sRGB to linear light of these primaries."""
        if self.reach <= 1:
            return np.eye(3) + self.reach * (_BT2020 - np.eye(3))
        return np.asarray(_BT2020 + (self.reach - 1) * (_ROMM - _BT2020))

    def encode(self, colors: Array) -> NDArray[np.float64]:
        """(..., 3) mirrored sRGB-encoded colors in this encoding, mirrored too."""
        linear = srgb.decode(colors.astype(np.float64))
        return np.asarray(srgb.encode(linear @ self.matrix.T))

    def decode(self, colors: Array) -> NDArray[np.float64]:
        """(..., 3) colors of this encoding as mirrored sRGB-encoded ones."""
        linear = srgb.decode(colors.astype(np.float64))
        return np.asarray(srgb.encode(linear @ np.linalg.inv(self.matrix).T))

    def box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and highest sRGB-encoded, mirrored numbers of its colors, (3,) each."""
        corners = self.decode(np.stack(np.meshgrid([0, 1], [0, 1], [0, 1]), -1).reshape(-1, 3))
        return corners.min(0), corners.max(0)
