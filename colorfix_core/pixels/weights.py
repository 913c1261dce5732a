"""Who counts: how much a prediction looks at each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorfix_core.pixels.depths import Array


def counting(chosen: Array | None, alpha: Array | None) -> NDArray[np.float32] | None:
    """Selected pixels count by their share, unless they are fully transparent.

    Parameters
    ----------
    chosen : (h, w) float32 in [0, 1]; None: nothing limits the selection
    alpha : (h, w) of any dtype, 0 being transparent; None: all is opaque

    Returns
    -------
    (h, w) float32 in [0, 1]; None if every pixel counts in full.
    """
    if alpha is None:
        return chosen
    visible = alpha > 0
    if chosen is None:
        return None if visible.all() else visible.astype(np.float32)
    return np.asarray(chosen * visible, np.float32)


def extent(hits: NDArray[np.bool_]) -> slice:
    """From the first hit in (n,) to the last; there must be one."""
    first, last = np.flatnonzero(hits)[[0, -1]]
    return slice(int(first), int(last) + 1)


class Bounds:
    """Finds the smallest box around all pixels that count, of a picture that comes in strips."""

    def __init__(self, height: int, width: int) -> None:
        self._rows, self._columns = np.zeros(height, bool), np.zeros(width, bool)

    def add(self, top: int, height: int, weights: Array | None) -> None:
        """Take `height` rows from `top` on; weights (height, w), None if every pixel counts."""
        rows = slice(top, top + height)
        self._rows[rows] = True if weights is None else weights.any(1)
        self._columns |= True if weights is None else weights.any(0)

    def box(self) -> tuple[slice, slice] | None:
        """Rows and columns; None if no pixel counts."""
        if not self._rows.any():
            return None
        return extent(self._rows), extent(self._columns)
