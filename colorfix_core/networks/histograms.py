"""Differentiable histograms: what colours a picture has, wherever they are."""

from itertools import product

import torch
from torch import Tensor


def soft_histogram(positions: Tensor, weights: Tensor, bins: int) -> Tensor:
    """Histogram in D dimensions; a value between two bin centres counts for both.

    Parameters
    ----------
    positions : (B, D, N) in [0, 1]; what lies outside counts for the nearest bin
    weights : (B, K, N), >= 0, one histogram for each k
    bins : along each dimension, at least 2

    Returns
    -------
    (B, K, bins, ..., bins) shares that sum to 1, or to 0 where all weights are 0
    """
    batch, dimensions, _ = positions.shape
    scaled = positions.clamp(0, 1) * (bins - 1)
    lower = scaled.floor().clamp_max(bins - 2)
    above = scaled - lower
    counts = weights.new_zeros(batch, weights.shape[1], bins**dimensions)
    for corner in product((0, 1), repeat=dimensions):
        index, share = torch.zeros_like(lower[:, 0]), torch.ones_like(lower[:, 0])
        for axis, step in enumerate(corner):
            index = index * bins + lower[:, axis] + step
            share = share * (above[:, axis] if step else 1 - above[:, axis])
        index = index.long()[:, None].expand_as(weights)
        counts = counts.scatter_add(2, index, weights * share[:, None])
    shares = counts / counts.sum(2, keepdim=True).clamp_min(1e-6)
    return shares.view(batch, weights.shape[1], *[bins] * dimensions)
