"""A coarse mask that follows the edges of the picture it lies over, at any resolution.

He and Sun, "Fast Guided Filter", arXiv:1505.00996 (2015): inside a window the mask is taken for an
affine function of the colors. That function is fitted on a small copy of the picture, and its
coefficients, not the mask, are enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.pixels.depths import Array, full

Floats = NDArray[np.float32]

# Half a side of the windows, in pixels of the small copy, and the variance of a color below which
# a difference counts as noise.
RADIUS, SMOOTHNESS = 8, 2e-3


@dataclass(frozen=True, eq=False)
class GuidedMask:
    """A mask as an affine function of color that changes from place to place.

    Attributes
    ----------
    coefficients : (h, w, 4) float32, three factors and an offset, in rows and columns evenly
        spread over `window`
    window : top, left, bottom, right of what they lie over, as shares of the picture's sides;
        beyond it the nearest coefficients hold
    """

    coefficients: Floats
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    def share(
        self,
        pixels: Array,
        top: int = 0,
        height: int | None = None,
        left: int = 0,
        width: int | None = None,
    ) -> Floats:
        """The mask over a part of a picture.

        Parameters
        ----------
        pixels : (H, W, 3 or 4) uint8, uint16 or float, sRGB-encoded; alpha is not looked at
        top, left : row and column of the picture at which they begin
        height, width : of the whole picture; None: these are all of its rows, or columns

        Returns
        -------
        (H, W) float32 in [0, 1]
        """
        rows, columns = pixels.shape[:2]
        first, begin, last, end = self.window
        grid = self.coefficients
        down = _positions(top + np.arange(rows), height or rows, first, last, 0, grid)
        across = _positions(left + np.arange(columns), width or columns, begin, end, 1, grid)
        wide = _between(self.coefficients, across, 1)
        factors = _between(wide, down, 0)
        colors = pixels[..., :3].astype(np.float32) / np.float32(full(pixels.dtype))
        mask = np.einsum("hwc,hwc->hw", factors[..., :3], np.nan_to_num(colors).clip(0, 1))
        return np.asarray((mask + factors[..., 3]).clip(0, 1), np.float32)

    def within(self, window: tuple[float, float, float, float]) -> GuidedMask:
        """The mask of a picture, as one of a larger picture of which that shows a part.

        `window` is where the part lies in the larger one, as shares of its sides.
        """
        top, left, bottom, right = window
        height, width = bottom - top, right - left
        first, begin, last, end = self.window
        moved = (
            top + first * height,
            left + begin * width,
            top + last * height,
            left + end * width,
        )
        return GuidedMask(self.coefficients, moved)


def follow_edges(
    mask: Floats, guide: Floats, window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
) -> GuidedMask:
    """Fit a coarse mask to a small copy of the picture.

    Parameters
    ----------
    mask : (n, m) float in [0, 1], of any size up to that of the guide
    guide : (h, w, 3) float in [0, 1], sRGB-encoded
    window : see `GuidedMask`
    """
    target = _enlarged(mask, guide.shape[:2])
    colors = guide.astype(np.float64)
    mean, level = _box(colors), _box(target)
    spread = (
        _box(colors[..., :, None] * colors[..., None, :]) - mean[..., :, None] * mean[..., None, :]
    )
    together = _box(colors * target[..., None]) - mean * level[..., None]
    factors = np.linalg.solve(spread + SMOOTHNESS * np.eye(3), together[..., None])[..., 0]
    offset = level - (factors * mean).sum(-1)
    smooth = _box(np.concatenate([factors, offset[..., None]], -1))
    return GuidedMask(smooth.astype(np.float32), window)


def _enlarged(mask: Floats, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Bilinear, (n, m) to `shape`."""
    cells = mask[..., None].astype(np.float32)
    down = _positions(np.arange(shape[0]), shape[0], 0.0, 1.0, 0, cells)
    across = _positions(np.arange(shape[1]), shape[1], 0.0, 1.0, 1, cells)
    return np.asarray(_between(_between(cells, across, 1), down, 0)[..., 0], np.float64)


def _positions(
    index: Array, length: int, first: float, last: float, axis: int, grid: Floats
) -> NDArray[np.float64]:
    """Where centers of pixels lie on a grid that spans first..last of a side."""
    place = ((index + 0.5) / length - first) / max(last - first, 1e-9)
    return np.asarray((place * grid.shape[axis] - 0.5).clip(0, grid.shape[axis] - 1), np.float64)


def _between(grid: Floats, positions: NDArray[np.float64], axis: int) -> Floats:
    """Linear interpolation along one axis."""
    low = positions.astype(int).clip(0, max(grid.shape[axis] - 2, 0))
    high = np.minimum(low + 1, grid.shape[axis] - 1)
    share = np.expand_dims((positions - low).astype(np.float32), tuple({0, 1, 2} - {axis}))
    before = grid.take(low, axis)
    return np.asarray(before + share * (grid.take(high, axis) - before), np.float32)


def _box(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over windows of 2 RADIUS + 1 pixels a side, cut off at the borders."""
    for axis in (0, 1):
        length = values.shape[axis]
        zero = np.zeros_like(values.take([0], axis))
        sums = np.concatenate([zero, values.cumsum(axis)], axis)
        ends = np.minimum(np.arange(length) + RADIUS + 1, length)
        starts = np.maximum(np.arange(length) - RADIUS, 0)
        count = np.expand_dims(ends - starts, tuple(set(range(values.ndim)) - {axis}))
        values = (sums.take(ends, axis) - sums.take(starts, axis)) / count
    return values
