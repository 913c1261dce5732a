"""How much of a correction is applied, and more than all of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from colorfix_core.luts.data import lattice
from colorfix_core.luts.lut import Lut3D
from colorfix_core.restraint import keep_luminance_rising

MOST = 2.0


def strengthened(lut: Lut3D, strength: float) -> Lut3D:
    """A correction at another strength.

    Parameters
    ----------
    lut : the whole correction
    strength : 0, nothing, to 1, all of it, as `Lut3D.blend` mixes; above, up to 2, it goes on. What
        a channel gained or lost is gained or lost again, as a factor of what it is away from the
        end of its range, so that nothing gets there; where ramps of gray or of a primary would
        run backwards they are held.

    Raises
    ------
    ValueError : strength is not in 0..2
    """
    if not 0 <= strength <= MOST:
        raise ValueError(f"strength is 0 to 2, not {strength}")
    if strength <= 1:
        return lut.blend(strength)
    plain = lut if lut.is_plain else lut.resize(max(lut.size, 33))
    low, high = (np.array(end, np.float32) for end in (plain.domain_min, plain.domain_max))
    before = (lattice(plain.size, plain.domain_min, plain.domain_max) - low) / (high - low)
    after = ((plain.table - low) / (high - low)).clip(0, 1)
    further = low + (high - low) * _further(before, after, np.float32(strength - 1))
    # Where nothing was changed nothing is, to the last bit.
    table = np.where(before == after, plain.table, further)
    return keep_luminance_rising(replace(plain, table=table))


def _further(before: np.ndarray, after: np.ndarray, more: np.float32) -> np.ndarray:
    """On from before over after, in 0..1."""
    falls = after < before
    left = np.where(falls, after, 1 - after)
    had = np.where(falls, before, np.maximum(1 - before, np.finfo(np.float32).tiny))
    left = left * np.where(left < had, left / had, 1) ** more
    return np.where(falls, left, 1 - left)
