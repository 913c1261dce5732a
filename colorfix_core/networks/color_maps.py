"""Colour maps with a few hundred parameters, which a network can predict: a batch at a time."""

import copy

import torch
from torch import Tensor
from torch.nn import functional as F

from colorfix_core.color.lab import linear_to_srgb, srgb_to_linear


class ColorMaps:
    """A batch of maps from encoded sRGB to encoded sRGB: curves, matrix, residual lattice.

    Parameters
    ----------
    curves : (B, 3, knots) departures from the identity, one smooth curve per channel
    matrix : (B, 3, 3) applied in linear light; the diagonal passes through exp
    residual : (B, 3, N, N, N) added in encoded sRGB, indexed [b, g, r]
    """

    def __init__(self, curves: Tensor, matrix: Tensor, residual: Tensor):
        # A network in mixed precision may give bfloat16, too coarse for colours.
        self.curves, self.residual, matrix = curves.float(), residual.float(), matrix.float()
        diagonal = torch.diagonal(matrix, dim1=1, dim2=2)
        self.matrix = matrix - torch.diag_embed(diagonal) + torch.diag_embed(diagonal.exp())

    def __getitem__(self, rows: Tensor) -> "ColorMaps":
        """Some of the maps."""
        chosen = copy.copy(self)
        chosen.curves, chosen.matrix = self.curves[rows], self.matrix[rows]
        chosen.residual = self.residual[rows]
        return chosen

    def __call__(self, colors: Tensor) -> Tensor:
        """Map (B, P, 3) encoded colours; the result is not clamped."""
        bent = colors + _curve(self.curves, colors)
        linear = srgb_to_linear(bent) @ self.matrix.transpose(1, 2)
        encoded = linear_to_srgb(linear)
        where = bent.clamp(0, 1)[:, None, None] * 2 - 1
        moved = F.grid_sample(self.residual, where, align_corners=True, padding_mode="border")
        return encoded + moved[:, :, 0, 0].transpose(1, 2)

    def roughness(self) -> Tensor:
        """Mean squared second difference of the residual lattice: 0 for an affine map."""
        bends = [self.residual.diff(n=2, dim=d).square().mean() for d in (2, 3, 4)]
        return torch.stack(bends).sum()

    def tables(self, size: int) -> Tensor:
        """Bake each map into a (B, size, size, size, 3) table indexed [r, g, b], in [0, 1]."""
        axis = torch.linspace(0, 1, size, device=self.matrix.device)
        grid = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1)
        count = len(self.matrix)
        mapped = self(grid.view(1, -1, 3).expand(count, -1, -1))
        return mapped.clamp(0, 1).view(count, size, size, size, 3)


def _curve(knots: Tensor, colors: Tensor) -> Tensor:
    """Evaluate per-channel curves (B, 3, K) at (B, P, 3) with smooth Gaussian bumps."""
    count = knots.shape[2]
    centers = torch.linspace(0, 1, count, device=knots.device)
    bumps = torch.exp(-(((colors.clamp(0, 1)[..., None] - centers) * (count - 1) / 1.5) ** 2))
    return torch.einsum("bpck,bck->bpc", bumps, knots) * 0.25
