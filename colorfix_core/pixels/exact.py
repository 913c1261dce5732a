"""Bit for bit: pixels that a correction must not touch, put back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from colorfix_core.pixels.depths import Array

Correction = Callable[[Array], Array]
Weights = NDArray[np.float32]


def correct_visible(correction: Correction, pixels: Array) -> tuple[Array, bool]:
    """Correct pixels, but leave the colors under zero alpha as they are.

    Parameters
    ----------
    correction : from and to (h, w, 4) of the pixels' dtype
    pixels : (h, w, 4) integer or float; not changed

    Returns
    -------
    The corrected pixels, and whether there are fully transparent ones.
    """
    corrected = correction(pixels)
    hidden = pixels[..., 3] == 0
    has_hidden = bool(hidden.any())
    if has_hidden:
        corrected[hidden] = pixels[hidden]
    return corrected, has_hidden


def blended(before: Array, corrected: Array, chosen: Weights) -> Array:
    """Pixels corrected as far as they are selected, in the encoding in which they come.

    Parameters
    ----------
    before, corrected : (h, w, c) integer or float, of one dtype
    chosen : (h, w) in 0..1

    Returns
    -------
    The same dtype; where nothing or all is selected, the same numbers.
    """
    share = chosen[..., None]
    mixed = before + (corrected.astype(np.float32) - before) * share
    if before.dtype.kind != "f":
        mixed = np.rint(mixed)
    result: Array = mixed.astype(before.dtype)
    for pixels, share_of_it in ((before, 0), (corrected, 1)):
        same = chosen == share_of_it
        result[same] = pixels[same]
    return result


def put_back(merged: Array, before: Array, chosen: Array | None, has_alpha: bool) -> None:
    """Restore alpha, and the pixels that are unselected or fully transparent, to the last bit.

    Parameters
    ----------
    merged, before : (h, w, c) of one dtype; `merged` is changed in place
    chosen : (h, w) share to which a pixel is selected; None: all are
    has_alpha : whether the fourth channel is alpha
    """
    keep = np.zeros(before.shape[:2], bool) if chosen is None else chosen == 0
    if has_alpha:
        merged[..., 3] = before[..., 3]
        keep |= before[..., 3] == 0
    merged[keep] = before[keep]
