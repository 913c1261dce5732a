"""What a screen shows of pixels: 8 bits a channel, smaller, over a checkerboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.pixels.depths import Array, full

CHECKS = np.array([[102, 153], [153, 102]], np.uint8).repeat(8, 0).repeat(8, 1)


@dataclass(frozen=True)
class View:
    """A part of a picture as it is shown.

    Attributes
    ----------
    pixels : (h, w, 4) uint8
    weights : (h, w) float32 in [0, 1], how far a pixel is selected; None: all are
    """

    pixels: NDArray[np.uint8]
    weights: Array | None = None

    def corrected(self, correction: Callable[[Array], Array]) -> NDArray[np.uint8]:
        """The pixels after a correction of (h, w, 4) uint8, which stays inside the selection."""
        after = correction(self.pixels)
        if self.weights is not None:
            mix = self.weights[..., None] * (after.astype(np.float32) - self.pixels)
            after = (self.pixels + mix + 0.5).astype(np.uint8)
        return after


def eight_bit(pixels: Array, depth: int) -> NDArray[np.uint8]:
    """What a screen can show of pixels.

    Parameters
    ----------
    pixels : (h, w, 3 or 4) integer or float; floats beyond the range are clamped, NaN is black
    depth : the number that means 1

    Returns
    -------
    (h, w, 4) uint8, opaque if there was no alpha
    """
    if pixels.dtype != np.uint8:
        scaled = np.nan_to_num(pixels).astype(np.float32) * (full(np.uint8) / depth)
        pixels = (scaled.clip(0, 255) + 0.5).astype(np.uint8)
    if pixels.shape[2] == 4:
        return pixels
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def shrink(values: Array, factor: int) -> Array:
    """Average blocks of factor x factor in (h, w, c); incomplete blocks at the edge are left out.

    Sides shorter than a block become one pixel. The result is float32, or `values` for factor 1.
    """
    if factor == 1:
        return values
    height, width, channels = values.shape
    down, across = min(factor, height), min(factor, width)
    rows, columns = height // down, width // across
    values = values[: rows * down, : columns * across]
    sums = values.reshape(rows, down, -1).sum(1, dtype=np.float32)
    averages: Array = sums.reshape(rows, columns, across, channels).mean(2) / down
    return averages


def on_checks(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 4) uint8 over a checkerboard, (h, w, 3) uint8."""
    alpha = pixels[..., 3:]
    if alpha.min() == 255:
        return pixels[..., :3]
    height, width = pixels.shape[:2]
    repeats = -(-height // CHECKS.shape[0]), -(-width // CHECKS.shape[1])
    checks = np.tile(CHECKS, repeats)[:height, :width, None]
    mix = pixels[..., :3].astype(np.uint32) * alpha + checks.astype(np.uint32) * (255 - alpha)
    return ((mix + 127) // 255).astype(np.uint8)
