"""Saturation without a change of hue: along lines of OKLab.

Björn Ottosson, "A perceptual color space for image processing" (2020). A color's chroma is scaled
where its lightness and hue stay, which in OKLab's cones is a line towards gray.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_CONES = (_TO_CONES / _TO_CONES.sum(1, keepdims=True)).astype(np.float32)  # grays stay gray
_FROM_CONES = np.linalg.inv(_TO_CONES.astype(np.float64)).astype(np.float32)
_LIGHTNESS = np.array([0.2104542553, 0.7936177850, -0.0040720468])
_LIGHTNESS = (_LIGHTNESS / _LIGHTNESS.sum()).astype(np.float32)
# How finely the border of the gamut is looked for, and how far: in halvings of 1.
_HALVINGS = 10
_NEAREST = 1 / 32


def saturated(light: Floats, factor: float, floor: float = 0.0) -> Floats:
    """Scale the chroma of colors.

    Parameters
    ----------
    light : (3, M) float32, linear sRGB; planes, as short rows would take numpy ten times as long
    factor : 0, gray, to 2; above 1 it fades towards the border of the gamut, so that colors which
        differ still do, and none leaves it
    floor : the least that a channel may become; the most is 1, or what the color had already

    Returns
    -------
    (3, M) float32 of the same lightness and hue
    """
    if factor == 1:
        return light
    cones = np.cbrt(_TO_CONES @ light)
    gray = _LIGHTNESS @ cones
    away = cones - gray
    if factor < 1:
        return _light(gray + np.float32(factor) * away)
    ceiling = np.maximum(light.max(0), 1)
    share = _share_of_most(gray, away, floor, ceiling)
    return _light(gray + (1 - (1 - share) ** np.float32(factor)) / share * away)


def _share_of_most(gray: Floats, away: Floats, floor: float, ceiling: Floats) -> Floats:
    """Chroma as a share of the most that the gamut has of this lightness and hue, (M,) in (0, 1].

    Colors so near gray that no border matters count as the nearest share that is looked at.
    """
    share = np.full(len(gray), _NEAREST, np.float32)
    step = np.float32(0.5)
    ceiling, floor = ceiling + np.float32(1e-5), floor - 1e-5
    least, most = share, np.ones_like(share)
    for _ in range(_HALVINGS):
        share = (least + most) * step
        red, green, blue = _light(gray + away / share)
        outside = np.minimum(np.minimum(red, green), blue) < floor
        outside |= np.maximum(np.maximum(red, green), blue) > ceiling
        least, most = np.where(outside, share, least), np.where(outside, most, share)
    return most


def _light(cones: Floats) -> Floats:
    result: Floats = _FROM_CONES @ (cones * cones * cones)
    return result
