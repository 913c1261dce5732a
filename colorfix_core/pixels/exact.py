"""Bit for bit: pixels that a correction must not touch, put back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from colorfix_core.pixels.depths import Array

Correction = Callable[[Array], Array]


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
