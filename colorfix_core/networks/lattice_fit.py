"""Fit a smooth colour lattice to pairs of colours by regularised least squares."""

from functools import cache

import torch
from torch import Tensor

POINTS = 9


def fit_lattice(source: Tensor, target: Tensor, smoothness: float = 0.02) -> Tensor:
    """Find the smooth map that best takes `source` to `target`.

    Minimises the mean squared distance after trilinear interpolation plus `smoothness` times
    the squared second differences of the lattice, in the manner of Garcia and Gupta, "Lattice
    Regression", NIPS 2009. Where no colour is seen the map continues linearly.

    Parameters
    ----------
    source, target : (P, 3) encoded sRGB, float32
    smoothness : weight of the second differences, > 0

    Returns
    -------
    (9, 9, 9, 3) table indexed [r, g, b], in [0, 1]
    """
    device = source.device
    system, moments = _normal_equations(source.clamp(0, 1).double(), (target - source).double())
    system += smoothness / POINTS**3 * _bending(device)
    system += 1e-6 / POINTS**3 * torch.eye(POINTS**3, device=device, dtype=torch.float64)
    offsets = torch.cholesky_solve(moments, torch.linalg.cholesky(system))
    return (_identity(device) + offsets.view(*[POINTS] * 3, 3)).clamp(0, 1).float()


def _normal_equations(colors: Tensor, change: Tensor) -> tuple[Tensor, Tensor]:
    """W^T W / P and W^T change / P, where W holds each colour's weights of the lattice points.

    Eight weights of 729 are not zero: sums over those take a tenth of the time of a matrix
    product, and a hundredth where torch has no fast one.
    """
    corners, weights = _corners(colors)
    points = POINTS**3
    pairs = corners[:, :, None] * points + corners[:, None]
    products = weights[:, :, None] * weights[:, None]
    system = colors.new_zeros(points * points).index_add_(0, pairs.flatten(), products.flatten())
    moments = colors.new_zeros(points, 3).index_add_(
        0, corners.flatten(), (weights[..., None] * change[:, None]).flatten(0, 1)
    )
    return system.view(points, points) / len(colors), moments / len(colors)


def _corners(colors: Tensor) -> tuple[Tensor, Tensor]:
    """The lattice points around (P, 3) colours: (P, 8) indices, and their trilinear weights."""
    position = colors * (POINTS - 1)
    cell = position.floor().clamp_max(POINTS - 2)
    step = torch.cartesian_prod(*[torch.arange(2, device=colors.device)] * 3)
    strides = torch.tensor([POINTS * POINTS, POINTS, 1], device=colors.device)
    fraction = (position - cell)[:, None]
    weights = torch.where(step.bool(), fraction, 1 - fraction).prod(2)
    return ((cell.long()[:, None] + step) * strides).sum(2), weights


@cache
def _bending(device: torch.device) -> Tensor:
    """Sum over the axes of D^T D, D the second difference along that axis."""
    eye = torch.eye(POINTS, device=device, dtype=torch.float64)
    second = eye.diff(n=2, dim=0)
    bend = second.T @ second
    axes = [(bend, eye, eye), (eye, bend, eye), (eye, eye, bend)]
    return torch.stack([torch.kron(torch.kron(a, b), c) for a, b, c in axes]).sum(0) * POINTS


def _identity(device: torch.device) -> Tensor:
    axis = torch.linspace(0, 1, POINTS, device=device, dtype=torch.float64)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1)
