"""Noise where a picture is flat, before and after a correction."""

from __future__ import annotations

import numpy as np

from colorfix_core.pixels.flat_parts import without_planes

_BLOCK = 7
_SHARE = 0.2  # of the blocks that count as flat: the least uneven ones
_FLOOR = 0.05  # L*, a*, b*: what rounding to 8 bits leaves at least


def noise_ratio(before: np.ndarray, after: np.ndarray, clipped: np.ndarray) -> np.ndarray:
    """How many times noisier a correction makes the flat parts, in L*, a* and b*.

    Flat are the fifth of all 7 x 7 blocks that are least uneven *before*, without those where
    anything clips; noise is what a plane through a block leaves (root mean square over them all).

    Parameters
    ----------
    before, after : (H, W, 3) CIELAB of a picture and of its correction
    clipped : (H, W) bool, pixels of `before` that reach a border of the gamut

    Returns
    -------
    (3,); NaN where no block is free of clipping
    """
    noise, later = (_residuals(_blocks(lab)) for lab in (before, after))
    usable = ~_blocks(clipped[..., None].astype(np.float32)).any((1, 2))
    if not usable.any():
        return np.full(3, np.nan)
    uneven = noise.sum(1)
    flat = usable & (uneven <= np.quantile(uneven[usable], _SHARE))
    return np.asarray(
        np.sqrt((later[flat].mean(0) + _FLOOR**2) / (noise[flat].mean(0) + _FLOOR**2))
    )


def _blocks(picture: np.ndarray) -> np.ndarray:
    """(blocks, pixels of a block, channels); what is left over at the borders is dropped."""
    height, width = (side // _BLOCK * _BLOCK for side in picture.shape[:2])
    cut = picture[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, -1)
    return np.asarray(cut.swapaxes(1, 2).reshape(-1, _BLOCK**2, picture.shape[2]))


def _residuals(blocks: np.ndarray) -> np.ndarray:
    """Variance that a plane leaves of each block, (blocks, channels)."""
    rest = without_planes(blocks)
    return np.asarray(np.square(rest).sum(1) / (_BLOCK**2 - 3))
