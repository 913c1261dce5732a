"""What keeps a predicted correction from doing harm."""

from dataclasses import replace

import numpy as np

from colorfix_core.color.srgb import LUMINANCE
from colorfix_core.luts.lut import Lut3D

# Mean CIEDE2000 by which each method typically moves a photo that needs nothing.
NOISE = {"lut": 1.3, "balancer": 3.0}
# Ramps from black to white, the primaries and the secondaries.
_RAMPS = [(1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0)]


def shrink_to_signal(lut: Lut3D, picture: np.ndarray, noise: float) -> Lut3D:
    """Weaken a correction that is hardly larger than the method's own error.

    The positive-part shrinkage of James and Stein ("Estimation with Quadratic Loss", 1961):
    strong corrections stay, small ones fade, those below the error vanish. So good photos are
    left alone and iterations come to rest.

    Parameters
    ----------
    lut : the correction
    picture : (H, W, 3) float in [0, 1] which it was predicted from
    noise : mean CIEDE2000 of that error
    """
    before = picture[::4, ::4]
    change = mean_difference(before, lut.apply(before))
    return lut.blend(max(0.0, 1 - (noise / max(change, 1e-6)) ** 2))


def mean_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean CIEDE2000 between two (H, W, 3) float pictures in [0, 1]."""
    import torch

    from colorfix_core.color.lab import ciede2000, srgb_to_lab

    labs = [srgb_to_lab(torch.from_numpy(np.ascontiguousarray(p))) for p in (one, other)]
    return float(ciede2000(*labs).mean())


def keep_luminance_rising(lut: Lut3D) -> Lut3D:
    """Change a LUT just enough (in tenths) that no ramp of it runs backwards.

    Greys, primaries and secondaries, from black to full, must never become darker: that would
    show as solarisation. The LUT is mixed with its least majorant in which no output falls when
    an input rises; the two are equal wherever the LUT behaves.
    """
    inside = _zero_to_one(lut)
    if _luminance_rises(lut.table[inside]):
        return lut
    majorant = lut.table
    for axis in range(3):
        majorant = np.maximum.accumulate(majorant, axis)
    for share in np.linspace(0.1, 1, 10, dtype=np.float32):
        mixed = lut.table + share * (majorant - lut.table)
        if _luminance_rises(mixed[inside]):
            break
    return replace(lut, table=mixed)


def _zero_to_one(lut: Lut3D) -> tuple[slice, slice, slice]:
    """The part of a plain table between black and white; where it is wider, both are points."""
    cells = (lut.size - 1) / (lut.domain_max[0] - lut.domain_min[0])
    black = round(-lut.domain_min[0] * cells)
    return (slice(black, black + round(cells) + 1),) * 3


def _luminance_rises(table: np.ndarray) -> bool:
    """Whether luminance in linear light rises or stays along every ramp of a cubic table."""
    index = np.arange(len(table))
    ramps = np.stack([table[r * index, g * index, b * index] for r, g, b in _RAMPS])
    # A bare power instead of the sRGB curve: only the sign of the steps counts.
    luminance = np.clip(ramps, 0, 1) ** 2.2 @ LUMINANCE
    return bool((np.diff(luminance, axis=1) >= -1e-4).all())
