"""Pixels on their way from a layer to its result."""

from __future__ import annotations

from collections.abc import Sequence

from colorfix_core.luts.lut import Lut3D
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pixels import exact
from colorfix_core.pixels.depths import Array, full
from colorfix_core.pixels.exact import Correction, Weights


def applied(correction: Lut3D | MaskedLuts, place: Sequence[int] | None) -> Correction:
    """What a correction does to pixels, of which `place` tells where they lie.

    Parameters
    ----------
    place : top, left, and height and width of the whole; None: they are the whole
    """
    if isinstance(correction, Lut3D) or place is None:
        return correction.apply
    top, left, height, width = place
    return lambda pixels: correction.apply_part(pixels, top, height, left, width)


def corrected(
    correction: Lut3D | MaskedLuts,
    pixels: Array,
    chosen: Weights | None = None,
    place: Sequence[int] | None = None,
) -> tuple[Array, bool]:
    """Correct pixels, but leave the colors under zero alpha as they are.

    Parameters
    ----------
    pixels : (h, w, 3 or 4) uint8, uint16 or float32, sRGB-encoded
    chosen : (h, w) in 0..1, how far each is corrected; None: all are, in full
    place : see `applied`

    Returns
    -------
    The corrected pixels, and whether there are fully transparent ones.
    """
    correct = applied(correction, place)
    if pixels.shape[-1] == 4:
        result, has_hidden = exact.correct_visible(correct, pixels)
    else:
        result, has_hidden = correct(pixels), False
    if chosen is not None:
        result = exact.blended(pixels, result, chosen)
    return result, has_hidden


def put_back(merged: Array, before: Array, chosen: Array | None, has_alpha: bool) -> Array:
    """See `pixels.exact.put_back`; what it makes of `merged`, which stays as it is."""
    result = merged.copy()
    exact.put_back(result, before, chosen, has_alpha)
    return result


def share(correction: MaskedLuts, number: int, pixels: Array, place: Sequence[int]) -> Array:
    """How much of the LUT of a number pixels get, (h, w) float32; arguments as in `corrected`."""
    top, left, height, width = place
    return correction.shares(pixels, top, height, left, width)[number]


def opaque(pixels: Array) -> Array:
    """(h, w, 4) pixels without transparency."""
    result = pixels.copy()
    result[..., 3] = full(pixels.dtype)
    return result
