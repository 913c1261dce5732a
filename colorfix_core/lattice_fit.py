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
    weights = _trilinear_weights(source.clamp(0, 1).double())
    change = (target - source).double()
    system = weights.T @ weights / len(source) + smoothness / POINTS**3 * _bending(device)
    system += 1e-6 / POINTS**3 * torch.eye(POINTS**3, device=device, dtype=torch.float64)
    offsets = torch.linalg.solve(system, weights.T @ change / len(source))
    return (_identity(device) + offsets.view(*[POINTS] * 3, 3)).clamp(0, 1).float()


def _trilinear_weights(colours: Tensor) -> Tensor:
    """(P, 3) colours to (P, 729) interpolation weights."""
    axis = torch.arange(POINTS, device=colours.device)
    hats = (1 - (colours[..., None] * (POINTS - 1) - axis).abs()).clamp_min(0)
    return torch.einsum("pi,pj,pk->pijk", *hats.unbind(1)).flatten(1)


@cache
def _bending(device: torch.device) -> Tensor:
    """Sum over the axes of D^T D, D the second difference along that axis."""
    eye = torch.eye(POINTS, device=device, dtype=torch.float64)
    second = eye.diff(n=2, dim=0)
    bend = second.T @ second
    axes = [(bend, eye, eye), (eye, bend, eye), (eye, eye, bend)]
    return sum(torch.kron(torch.kron(a, b), c) for a, b, c in axes) * POINTS


def _identity(device: torch.device) -> Tensor:
    axis = torch.linspace(0, 1, POINTS, device=device, dtype=torch.float64)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1)
