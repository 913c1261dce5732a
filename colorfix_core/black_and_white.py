"""The honest answer where a single channel holds all light: a picture in black and white."""

from __future__ import annotations

import numpy as np

from colorfix_core.color import srgb
from colorfix_core.luts.lut import Lut3D

# A channel that holds less than this share of the brightest one's light tells nothing of color.
_NOTHING = 0.03
_BLOWN = 0.98


def holds_no_color(picture: np.ndarray) -> bool:
    """Whether only one channel of an (H, W, 3) float picture in [0, 1] holds light."""
    dark, middle, bright = np.sort(srgb.decode(picture).mean((0, 1)))
    return bool(middle < _NOTHING * bright)


def black_and_white(picture: np.ndarray, size: int) -> Lut3D:
    """The LUT that shows most of what there is to be seen, in gray.

    Channels are mixed in linear light by how much detail they have where they are not blown.

    Parameters
    ----------
    picture : (H, W, 3) float in [0, 1], sRGB-encoded
    size : points along each axis
    """
    weights = np.array([_detail(picture[..., channel]) for channel in range(3)])
    weights = weights / weights.sum() if weights.sum() > 0 else np.full(3, 1 / 3)
    light = srgb.decode(Lut3D.identity(size).table.astype(np.float64)) @ weights
    return Lut3D(np.repeat(srgb.encode(light)[..., None], 3, -1))


def _detail(channel: np.ndarray) -> float:
    """Mean difference between neighbors of which neither is blown."""
    seen = channel < _BLOWN
    down = np.abs(np.diff(channel, axis=0)) * (seen[1:] & seen[:-1])
    across = np.abs(np.diff(channel, axis=1)) * (seen[:, 1:] & seen[:, :-1])
    return float(down.mean() + across.mean())
