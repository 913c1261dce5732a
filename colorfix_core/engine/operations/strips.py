"""Pixels on their way from a layer to its result."""

from __future__ import annotations

from colorfix_core.luts.lut import Lut3D
from colorfix_core.pixels import exact
from colorfix_core.pixels.depths import Array
from colorfix_core.pixels.exact import Weights


def corrected(
    correction: Lut3D, pixels: Array, chosen: Weights | None = None
) -> tuple[Array, bool]:
    """Correct pixels, but leave the colors under zero alpha as they are.

    Parameters
    ----------
    pixels : (h, w, 3 or 4) uint8, uint16 or float32, sRGB-encoded
    chosen : (h, w) in 0..1, how far each is corrected; None: all are, in full

    Returns
    -------
    The corrected pixels, and whether there are fully transparent ones.
    """
    if pixels.shape[-1] == 4:
        result, has_hidden = exact.correct_visible(correction.apply, pixels)
    else:
        result, has_hidden = correction.apply(pixels), False
    if chosen is not None:
        result = exact.blended(pixels, result, chosen)
    return result, has_hidden


def put_back(merged: Array, before: Array, chosen: Array | None, has_alpha: bool) -> Array:
    """See `pixels.exact.put_back`; what it makes of `merged`, which stays as it is."""
    result = merged.copy()
    exact.put_back(result, before, chosen, has_alpha)
    return result
