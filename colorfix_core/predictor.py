"""The direct method: a network that reads a colour map off a latent distribution.

    latent (8 x 28 x 28) -> convolutions -> pooled statistics -> curves, matrix, lattice -> LUT

Nothing normalises the features: their level is the colour cast, which is the signal.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .color import linear_to_srgb, srgb_to_linear


class Predictor(nn.Module):
    """Latent distributions to colour maps.

    Parameters
    ----------
    width : channels of the convolutions
    blocks : residual convolution blocks on the 28 x 28 grid
    hidden : width of the dense layers
    knots : control points of each channel's input curve
    lattice : points along each axis of the residual lattice
    """

    def __init__(self, width=64, blocks=4, hidden=384, knots=8, lattice=9):
        super().__init__()
        self.lattice = lattice
        self.stem = nn.Conv2d(8, width, 3, padding=1)
        self.down = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(blocks))
        self.dense = nn.Sequential(
            nn.Linear(6 * width + 24, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU()
        )
        self.curves = _silent(nn.Linear(hidden, 3 * knots))
        self.matrix = _silent(nn.Linear(hidden, 9))
        self.residual = _silent(nn.Linear(hidden, 3 * lattice**3))

    def forward(self, latent: Tensor) -> "ColorMaps":
        """(B, 8, 28, 28) mean and log-variance to a batch of colour maps."""
        latent = torch.cat([latent[:, :4], latent[:, 4:] / 8], 1)
        x = F.silu(self.stem(latent))
        early = _statistics(x)
        x = F.silu(self.down(x))
        for block in self.blocks:
            x = block(x)
        features = self.dense(torch.cat([early, _statistics(x), _statistics(latent)], 1))
        count, n = len(latent), self.lattice
        return ColorMaps(
            curves=self.curves(features).view(count, 3, -1),
            matrix=self.matrix(features).view(count, 3, 3),
            residual=self.residual(features).view(count, 3, n, n, n) * 0.2,
        )


class ColorMaps:
    """A batch of maps from encoded sRGB to encoded sRGB: curves, matrix, residual lattice.

    Parameters
    ----------
    curves : (B, 3, knots) departures from the identity, one smooth curve per channel
    matrix : (B, 3, 3) applied in linear light; the diagonal passes through exp
    residual : (B, 3, N, N, N) added in encoded sRGB, indexed [b, g, r]
    """

    def __init__(self, curves: Tensor, matrix: Tensor, residual: Tensor):
        self.curves, self.residual = curves, residual
        diagonal = torch.diagonal(matrix, dim1=1, dim2=2)
        self.matrix = matrix - torch.diag_embed(diagonal) + torch.diag_embed(diagonal.exp())

    def __call__(self, colours: Tensor) -> Tensor:
        """Map (B, P, 3) encoded colours; the result is not clamped."""
        bent = colours + _curve(self.curves, colours)
        linear = srgb_to_linear(bent) @ self.matrix.transpose(1, 2)
        encoded = linear_to_srgb(linear)
        where = bent.clamp(0, 1)[:, None, None] * 2 - 1
        moved = F.grid_sample(
            self.residual, where, align_corners=True, padding_mode="border"
        )
        return encoded + moved[:, :, 0, 0].transpose(1, 2)

    def roughness(self) -> Tensor:
        """Mean squared second difference of the residual lattice: 0 for an affine map."""
        return sum(self.residual.diff(n=2, dim=d).square().mean() for d in (2, 3, 4))

    def tables(self, size: int) -> Tensor:
        """Bake each map into a (B, size, size, size, 3) table indexed [r, g, b], in [0, 1]."""
        axis = torch.linspace(0, 1, size, device=self.matrix.device)
        grid = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1)
        count = len(self.matrix)
        mapped = self(grid.view(1, -1, 3).expand(count, -1, -1))
        return mapped.clamp(0, 1).view(count, size, size, size, 3)


class _Block(nn.Module):
    """x + conv(silu(conv(x)))."""

    def __init__(self, width: int):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.silu(self.first(F.silu(x))))


def _statistics(x: Tensor) -> Tensor:
    """Mean, maximum and standard deviation over the grid: (B, C, h, w) to (B, 3 C)."""
    return torch.cat([x.mean((2, 3)), x.amax((2, 3)), x.flatten(2).std(2)], 1)


def _curve(knots: Tensor, colours: Tensor) -> Tensor:
    """Evaluate per-channel curves (B, 3, K) at (B, P, 3) with smooth Gaussian bumps."""
    count = knots.shape[2]
    centres = torch.linspace(0, 1, count, device=knots.device)
    bumps = torch.exp(-(((colours.clamp(0, 1)[..., None] - centres) * (count - 1) / 1.5) ** 2))
    return torch.einsum("bpck,bck->bpc", bumps, knots) * 0.25


def _silent(layer: nn.Linear) -> nn.Linear:
    """Start as the identity map, with a gradient from the first step."""
    nn.init.normal_(layer.weight, std=1e-3)
    nn.init.zeros_(layer.bias)
    return layer
