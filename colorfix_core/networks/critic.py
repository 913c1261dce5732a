"""A second look: what the corrected pictures say about the candidates that made them.

candidates, features of the cast -> corrected pictures -> estimates of what light is left
    -> which candidate to believe, and what each of them still needs
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorfix_core.networks.classical_estimates import CLUES, clues
from colorfix_core.networks.color_maps import ChainedMaps, ColorMaps
from colorfix_core.networks.histograms import soft_histogram
from colorfix_core.networks.predictor import Candidates

# Cells a side that are corrected and looked at.
_SIDE = 28
_BINS = 10
_LATTICE = 3


class Critic(nn.Module):
    """Candidates to better candidates with better probabilities.

    A network that sees only a latent cannot tell which of its own answers is right; the results
    tell more. It begins as one that agrees with everything.

    Parameters
    ----------
    candidates : for each picture
    features : length of the predictor's feature vectors
    hidden : length of its own
    knots : control points of the curves that it adds
    temperature : by which scores are divided once training is over, so that probabilities are true
        (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017)
    """

    def __init__(
        self,
        candidates: int = 4,
        features: int = 1280,
        hidden: int = 384,
        knots: int = 4,
        temperature: float = 1.0,
    ):
        super().__init__()
        self.candidates, self.knots, self.temperature = candidates, knots, temperature
        self.told = nn.Linear(2 * CLUES + 4 + candidates, hidden)
        self.colors = nn.Linear(_BINS**3, hidden)
        self.cast = nn.Sequential(nn.Dropout(0.3), nn.Linear(features, hidden))
        self.body = nn.Sequential(nn.SiLU(), nn.Dropout(0.1), nn.Linear(hidden, hidden), nn.SiLU())
        self.score = nn.Linear(hidden, 1)
        self.wishes = nn.Linear(hidden, 3 * knots + 9 + 3 * _LATTICE**3)
        nn.init.zeros_(self.score.weight)
        nn.init.normal_(self.wishes.weight, std=1e-3)
        nn.init.zeros_(self.score.bias)
        nn.init.zeros_(self.wishes.bias)

    def forward(
        self, proposed: Candidates, features: Tensor, pictures: Tensor, thoroughness: Tensor
    ) -> Candidates:
        """Judge what a predictor proposed; the result's maps are those, with something after them.

        Parameters
        ----------
        proposed : C candidates for each of B pictures
        features : (B, features) of the predictor
        pictures : (B, 3, H, W) encoded sRGB in [0, 1]; H and W are 28 or a multiple of it
        thoroughness : (B,) in [0, 1]
        """
        with torch.no_grad():
            told, colors = self._seen(proposed, pictures, thoroughness)
        heard = self.told(told) + self.colors(colors) + self.cast(features)[:, None]
        hidden = self.body(heard)
        logits = proposed.logits.log_softmax(1) + self.score(hidden)[..., 0].float()
        rows = self.wishes(hidden).float().flatten(0, 1)
        curves, matrix, lattice = rows.split([3 * self.knots, 9, 3 * _LATTICE**3], 1)
        more = ColorMaps(
            curves.unflatten(1, (3, -1)),
            matrix.unflatten(1, (3, 3)),
            lattice.unflatten(1, (3, _LATTICE, _LATTICE, _LATTICE)) * 0.2,
        )
        return Candidates(
            ChainedMaps(proposed.maps, more), logits if self.training else logits / self.temperature
        )

    def _seen(
        self, proposed: Candidates, pictures: Tensor, thoroughness: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Numbers about each candidate, (B, C, ...), and which colors it makes, (B, C, bins)."""
        small = F.adaptive_avg_pool2d(pictures, _SIDE)
        count, candidates = proposed.logits.shape
        before = small.flatten(2).movedim(1, 2).repeat_interleave(candidates, 0)
        after = proposed.maps(before).clamp(0, 1)
        corrected = after.movedim(1, 2).unflatten(2, (_SIDE, _SIDE))
        now = clues(corrected, thoroughness.repeat_interleave(candidates), _SIDE)
        told = [
            now.unflatten(0, (count, candidates)),
            clues(small, thoroughness, _SIDE)[:, None].expand(-1, candidates, -1),
            proposed.logits.log_softmax(1)[..., None],
            10 * (after - before).mean(1).unflatten(0, (count, candidates)),
            torch.eye(candidates, device=small.device).expand(count, -1, -1),
        ]
        cells = corrected.flatten(2)
        colors = soft_histogram(cells, torch.ones_like(cells[:, :1]), _BINS)
        return torch.cat(told, 2), 10 * colors.sqrt().flatten(1).unflatten(0, (count, candidates))
