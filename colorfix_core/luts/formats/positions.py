"""Whether a HaldCLUT's picture was edited by place: by a blur, a vignette, local contrast.

An edit of colors knows nothing of where a pixel stands. In a HaldCLUT of level L each row of
pixels holds L steps of green, after which the next row begins: an edit by place leaves a jump
after every L-th step of green, and none of its like along red and blue.
"""

from __future__ import annotations

import numpy as np

from colorfix_core.luts.data import Array

# Half a level is what rounding to 8 bits leaves.
TOLERATED_LEVELS = 1.5
# Turning all hues by 60 degrees bends a lattice of 64 points by 25, turning one range by 128.
TOLERATED_BREAK = 40.0


def moved_levels(table: Array) -> float:
    """By how many levels of 255 neighbors differ more where rows of the picture end.

    Parameters
    ----------
    table : (N, N, N, 3) float, N = L**2, 0..1 being black to full

    Returns
    -------
    About 0 after edits of colors; 0 for less than 16 points, which tell nothing.
    """
    level = round(len(table) ** 0.5)
    if level < 4 or level**2 != len(table):
        return 0.0
    jumps = _jumps(np.moveaxis(table, 1, 0))
    at_ends = np.sort(jumps[level - 2 :: level])
    # A threshold may break at one end by chance; what knows places breaks at several.
    elsewhere = max(float(_jumps(np.moveaxis(table, axis, 0)).max()) for axis in (0, 2))
    return 255 * max(0.0, float(at_ends[-2]) - max(elsewhere, float(np.median(jumps))))


def broken_levels(table: Array) -> float:
    """By how many levels of 255 colors between the points of a lattice may be off.

    Estimated from its points: how far each is from the middle of its neighbors, at worst. Edits
    that break somewhere, such as those of one range of hues, have large steps there.

    Parameters
    ----------
    table : (N, N, N, 3) float, 0..1 being black to full
    """
    if len(table) < 3:
        return 0.0
    bends = (np.abs(np.diff(table, 2, axis)).max() for axis in range(3))
    return 255 / 2 * max(map(float, bends))


def _jumps(table: Array) -> Array:
    """How far each step along the first axis is from those beside it, in the mean."""
    steps = np.diff(table, axis=0)
    jumps = np.abs(steps[1:-1] - (steps[:-2] + steps[2:]) / 2)
    means: Array = jumps.mean((1, 2)).max(-1)
    return means
