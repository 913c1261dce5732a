"""The average color of a small area."""

from __future__ import annotations

import numpy as np

from colorfix_core.color import gamut
from colorfix_core.pixels.depths import Array, full

# A share of the longer side, and pixels.
_SMALL, _SMALLEST = 0.005, 2


def usual_radius(height: int, width: int) -> int:
    """How far a picked area reaches from its middle, in pixels, where nobody says."""
    return max(_SMALLEST, round(_SMALL * max(height, width)))


def average(
    pixels: Array, x: int, y: int, radius: int | None = None, weights: Array | None = None
) -> tuple[float, float, float] | None:
    """The average of a square of a picture.

    Parameters
    ----------
    pixels : (H, W, 3 or more) uint8, uint16 or float, sRGB-encoded
    x, y : of the pixel in the middle
    radius : pixels on each side of it, cut off at the borders; None: `usual_radius`
    weights : (H, W) how much each counts; None: all alike

    Returns
    -------
    Three sRGB-encoded numbers, 1 being full; None if the middle lies outside the picture or
    nothing that counts is a number
    """
    height, width = pixels.shape[:2]
    if not (0 <= x < width and 0 <= y < height):
        return None
    reach = usual_radius(height, width) if radius is None else radius
    area = slice(max(y - reach, 0), y + reach + 1), slice(max(x - reach, 0), x + reach + 1)
    colors = pixels[area][..., :3].reshape(-1, 3).astype(np.float64) / full(pixels.dtype)
    shares = np.ones(len(colors)) if weights is None else weights[area].reshape(-1).astype(float)
    shares = shares * np.isfinite(colors).all(1)
    if not shares.any():
        return None
    mean = np.average(np.nan_to_num(gamut.mirrored(colors)), axis=0, weights=shares)
    red, green, blue = (float(number) for number in gamut.unmirrored(mean))
    return red, green, blue
