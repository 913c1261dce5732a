"""The direct method: a network that reads colour maps off a latent distribution.

latent, clues -> features of the cast -> curves, matrix, lattice of each candidate -> LUT
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorfix_core.networks.cast_features import CastFeatures
from colorfix_core.networks.color_maps import ColorMaps

# Points along each axis of the lattice in which a candidate departs from the first one.
_COARSE = 5


class Candidates(NamedTuple):
    """Several maps for each of B pictures: C of them, B varies slowest."""

    maps: ColorMaps  # B * C maps
    logits: Tensor  # (B, C)

    def likeliest(self) -> ColorMaps:
        """The B most probable maps."""
        count, candidates = self.logits.shape
        first = torch.arange(count, device=self.logits.device) * candidates
        return self.maps[first + self.logits.argmax(1)]


class Predictor(nn.Module):
    """Latent distributions to colour maps.

    Parameters
    ----------
    width, blocks, chroma, hidden : see CastFeatures
    knots : control points of each channel's input curve
    lattice : points along each axis of the residual lattice
    candidates : maps for each picture, the first of which the others depart from
    clues : how many numbers tell about a picture beside its latent, see `classical_estimates`
    """

    def __init__(
        self,
        width: int = 32,
        blocks: int = 2,
        chroma: int = 32,
        hidden: int = 1280,
        knots: int = 8,
        lattice: int = 9,
        candidates: int = 1,
        clues: int = 0,
    ):
        super().__init__()
        self.lattice, self.knots, self.candidates, self.clues = lattice, knots, candidates, clues
        self.features = CastFeatures(width, blocks, chroma, hidden)
        self.curves = _silent(nn.Linear(hidden, 3 * knots))
        self.matrix = _silent(nn.Linear(hidden, 9))
        self.residual = _silent(nn.Linear(hidden, 3 * lattice**3))
        if clues:
            last = nn.Linear(256, hidden)
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
            self.hint = nn.Sequential(nn.Linear(clues, 256), nn.SiLU(), last)
        if candidates > 1:
            self.departures = _departing(hidden, candidates - 1, knots)
            self.logits = _silent(nn.Linear(hidden, candidates))

    def forward(
        self, latent: Tensor, clues: Tensor | None = None, all_candidates: bool = False
    ) -> ColorMaps | Candidates:
        """The likeliest maps of a batch, or all candidates; arguments as in `propose`."""
        proposed = self.propose(latent, clues)
        return proposed if all_candidates else proposed.likeliest()

    def propose(self, latent: Tensor, clues: Tensor | None = None) -> Candidates:
        """All candidates.

        Parameters
        ----------
        latent : (B, 8, 28, 28) mean and log-variance
        clues : (B, clues), where the network was built for them; others ignore it
        """
        return self.read(self.cast(latent, clues))

    def read(self, features: Tensor) -> Candidates:
        """All candidates that (B, hidden) features of the cast speak for."""
        count, n = len(features), self.lattice
        curves = self.curves(features).view(count, 1, 3, -1)
        matrix = self.matrix(features).view(count, 1, 3, 3)
        residual = self.residual(features).view(count, 1, 3, n, n, n)
        if self.candidates == 1:
            logits = features.new_zeros(count, 1)
        else:
            logits = self.logits(features)
            bent, mixed, moved = self._departures(features)
            curves = torch.cat([curves, curves + bent], 1)
            matrix = torch.cat([matrix, matrix + mixed], 1)
            residual = torch.cat([residual, residual + moved], 1)
        return Candidates(
            ColorMaps(curves.flatten(0, 1), matrix.flatten(0, 1), residual.flatten(0, 1) * 0.2),
            logits.float(),
        )

    def cast(self, latent: Tensor, clues: Tensor | None = None) -> Tensor:
        """Features of the cast, (B, hidden), from which all maps are read; see `propose`."""
        return self.features(latent, self.hint(clues) if self.clues else None)

    def _departures(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """How the other candidates differ: curves, matrices, lattices, (B, C - 1, ...) each."""
        rows = self.departures(features).view(len(features), self.candidates - 1, -1)
        curves, matrix, lattice = rows.split([3 * self.knots, 9, 3 * _COARSE**3], 2)
        lattice = lattice.unflatten(2, (3, _COARSE, _COARSE, _COARSE)).flatten(0, 1)
        lattice = F.interpolate(lattice, (self.lattice,) * 3, mode="trilinear", align_corners=True)
        return (
            curves.unflatten(2, (3, -1)),
            matrix.unflatten(2, (3, 3)),
            lattice.unflatten(0, (len(features), -1)),
        )


def _silent(layer: nn.Linear) -> nn.Linear:
    """Start as the identity map, with a gradient from the first step."""
    nn.init.normal_(layer.weight, std=1e-3)
    nn.init.zeros_(layer.bias)
    return layer


def _departing(hidden: int, count: int, knots: int) -> nn.Linear:
    """Others that start evenly around the first in tint, so that each finds a cause of its own."""
    layer = _silent(nn.Linear(hidden, count * (3 * knots + 9 + 3 * _COARSE**3)))
    with torch.no_grad():
        turns = torch.arange(count)[:, None] / count - torch.arange(3) / 3
        diagonal = slice(3 * knots, 3 * knots + 9, 4)
        layer.bias.view(count, -1)[:, diagonal] = 0.15 * torch.cos(2 * torch.pi * turns)
    return layer
