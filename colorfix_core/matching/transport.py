"""From the colors of one picture to those of another: what moves them least.

The linear map is that of F. Pitié and A. Kokaram, "The linear Monge-Kantorovitch linear colour
mapping for example-based colour transfer", CVMP 2007. The finer one is regularized optimal
transport: M. Cuturi, "Sinkhorn Distances", NIPS 2013, and the mean of where each color goes. All in
CIELAB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# No axis of color is stretched or squeezed more than that: noise, or gray, would become color.
MOST_STRETCH = 2.5
_CLUSTERS = 300
_CELL = 5.0
# Nearer than that two colors may as well change places.
_BLUR = 3.0
_ROUNDS = 200


@dataclass(frozen=True)
class Linear:
    """`colors` -> (colors - source) @ matrix + target."""

    source: Array
    target: Array
    matrix: Array

    def __call__(self, colors: Array) -> Array:
        """(..., 3) colors after the map."""
        moved: Array = (colors - self.source) @ self.matrix + self.target
        return moved


def linear(source: Array, target: Array, ridge: float = 1.0) -> Linear:
    """The restrained linear map from (N, 3) colors to (M, 3) others.

    Parameters
    ----------
    ridge : variance that every axis has besides: what is nearly gray stays so
    """
    one, other = (np.cov(colors.T) + ridge * np.eye(3) for colors in (source, target))
    root = _power(one, 0.5)
    inverse = _power(one, -0.5)
    matrix = inverse @ _power(root @ other @ root, 0.5) @ inverse
    return Linear(source.mean(0), target.mean(0), _restrained(matrix))


def _power(matrix: Array, exponent: float) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    power: Array = (vectors * np.maximum(values, 1e-9) ** exponent) @ vectors.T
    return power


def _restrained(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    kept: Array = (vectors * values.clip(1 / MOST_STRETCH, MOST_STRETCH)) @ vectors.T
    return kept


@dataclass(frozen=True)
class Plan:
    """Where clusters of colors go: (C, 3) each, the share of each, and the mean way left."""

    colors: Array
    goals: Array
    shares: Array
    distance: float


def plan(source: Array, target: Array) -> Plan:
    """The regularized transport between the commonest colors of two pictures."""
    here, weight = clusters(source)
    there, wanted = clusters(target)
    cost = ((here[:, None] - there[None]) ** 2).sum(-1)
    kernel = np.exp(-cost / (2 * _BLUR**2)) + 1e-30
    left, right = np.ones(len(here)), np.ones(len(there))
    for _ in range(_ROUNDS):
        left = weight / (kernel @ right)
        right = wanted / (kernel.T @ left)
    moved = left[:, None] * kernel * right
    goals = moved @ there / moved.sum(1, keepdims=True)
    distance = float(np.sqrt((moved * cost).sum() / moved.sum()))
    return Plan(here, goals, weight, distance)


def clusters(colors: Array) -> tuple[Array, Array]:
    """Means (C, 3) of the fullest cells of a grid over (N, 3) colors, and their shares."""
    cells = np.floor(colors / _CELL).astype(np.int64)
    keys = (cells + 200) @ (1_000_000, 1_000, 1)
    _seen, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(place, colors[:, c], len(counts)) / counts for c in range(3)], -1)
    fullest = np.argsort(-counts, kind="stable")[:_CLUSTERS]
    share = counts[fullest].astype(np.float64)
    return means[fullest], share / share.sum()
