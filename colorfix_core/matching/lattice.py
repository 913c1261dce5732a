"""A smooth LUT through pairs of colors: regularized least squares on the LUT's own lattice.

E. Garcia and M. Gupta, "Lattice Regression", NIPS 2009: squared distances after the LUT's own
interpolation, plus squared second differences. Where no color is known the map goes on as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.luts import reference
from colorfix_core.luts.data import lattice

Array = NDArray[np.float64]
# Coarse lattices first: each gives the next one its start.
_SIZES = (5, 9, 17, 33)
_STEPS = 60
_DONE = 1e-7
# Draws points that nothing holds back to no change at all.
_CALM = 1e-7


def fitted(
    colors: Array,
    wanted: Array,
    weights: Array,
    smoothness: float = 1e-6,
    size: int = 33,
    start: Callable[[Array], Array] | None = None,
) -> Array:
    """The table of a LUT that takes `colors` to `wanted`.

    Parameters
    ----------
    colors, wanted : (M, 3) float in 0..1
    weights : (M,) how much each pair counts; of any sum
    smoothness : weight of the squared second derivatives, integrated over the cube
    size : lattice points an axis: 5, 9, 17 or 33
    start : a map that the departure is measured from, where nothing is known; None: no change

    Returns
    -------
    (size, size, size, 3) float64, not clipped
    """
    share = weights / weights.sum()
    base = start or (lambda points: points)
    change = wanted - base(colors)
    offsets: Array | None = None
    for points in _SIZES[: _SIZES.index(size) + 1]:
        problem = _Problem.of(colors, change, share, smoothness, points)
        first = np.zeros((points,) * 3 + (3,)) if offsets is None else _doubled(offsets)
        offsets = _descend(problem, first)
    assert offsets is not None
    grid = lattice(size, (0, 0, 0), (1, 1, 1)).astype(np.float64)
    return base(grid) + offsets


@dataclass(frozen=True)
class _Problem:
    """Which lattice points, with which parts, make each color."""

    corners: NDArray[np.intp]
    parts: Array
    change: Array
    share: Array
    smoothness: float
    size: int

    @classmethod
    def of(
        cls, colors: Array, change: Array, share: Array, smoothness: float, size: int
    ) -> _Problem:
        corners, parts = reference.corners(size, colors.clip(0, 1) * (size - 1))
        return cls(corners, parts, change, share, smoothness * (size - 1), size)

    def moments(self) -> Array:
        """The right side of the normal equations."""
        return self._spread(self.change)

    def times(self, offsets: Array) -> Array:
        """The left side, applied to (N, N, N, 3) offsets."""
        flat = offsets.reshape(-1, 3)
        found = np.einsum("mk,mkc->mc", self.parts, flat[self.corners])
        return self._spread(found) + self.smoothness * _bending(offsets) + _CALM * offsets

    def diagonal(self) -> Array:
        """Of the normal equations, but for the small part of the bending's ends."""
        squares = np.bincount(
            self.corners.ravel(), (self.parts**2 * self.share[:, None]).ravel(), self.size**3
        )
        even: Array = squares.reshape((self.size,) * 3 + (1,)) + self.smoothness * 18 + _CALM
        return even

    def _spread(self, values: Array) -> Array:
        weighted = self.parts * self.share[:, None]
        sums = [
            np.bincount(self.corners.ravel(), (weighted * values[:, c, None]).ravel(), self.size**3)
            for c in range(3)
        ]
        return np.stack(sums, -1).reshape((self.size,) * 3 + (3,)).astype(np.float64, copy=False)


def _bending(offsets: Array) -> Array:
    """D^T D of the second differences D along each axis, applied."""
    result = np.zeros_like(offsets)
    for axis in range(3):
        bent = np.moveaxis(np.diff(offsets, 2, axis), axis, 0)
        into = np.moveaxis(result, axis, 0)
        into[:-2] += bent
        into[1:-1] -= 2 * bent
        into[2:] += bent
    return result


def _descend(problem: _Problem, offsets: Array) -> Array:
    """Conjugate gradients with a diagonal preconditioner, each channel on its own."""
    moments, inverse = problem.moments(), 1 / problem.diagonal()
    residual = moments - problem.times(offsets)
    direction = inverse * residual
    strength = _products(residual, direction)
    enough = _DONE * _products(moments, inverse * moments)
    for _ in range(_STEPS):
        if (strength <= enough).all():
            break
        moved = problem.times(direction)
        step = strength / np.maximum(_products(direction, moved), 1e-300)
        offsets = offsets + step * direction
        residual = residual - step * moved
        turned = inverse * residual
        again = _products(residual, turned)
        direction = turned + again / np.maximum(strength, 1e-300) * direction
        strength = again
    return offsets


def _products(one: Array, other: Array) -> Array:
    products: Array = np.einsum("rgbc,rgbc->c", one, other)
    return products


def _doubled(offsets: Array) -> Array:
    """The same offsets on a lattice of twice as many cells, linear between points."""
    for axis in range(3):
        old = np.moveaxis(offsets, axis, 0)
        new = np.empty((2 * len(old) - 1, *old.shape[1:]))
        new[::2], new[1::2] = old, (old[1:] + old[:-1]) / 2
        offsets = np.moveaxis(new, 0, axis)
    return offsets
