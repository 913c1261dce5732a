"""The likelihood of a mixture."""

import pytest
import torch

from colorfix_core.color.lab import cie94, srgb_to_lab
from colorfix_core.networks.color_maps import ColorMaps
from colorfix_core.networks.predictor import Candidates
from colorfix_training.candidate_loss import candidate_distances, candidate_loss


def candidates(gains, logits):
    """One picture; each candidate multiplies red by its gain in linear light."""
    matrix = torch.zeros(len(gains), 3, 3)
    matrix[:, 0, 0] = torch.tensor(gains).log()
    maps = ColorMaps(torch.zeros(len(gains), 3, 8), matrix, torch.zeros(len(gains), 3, 9, 9, 9))
    return Candidates(maps, torch.tensor([logits]))


def pixels():
    torch.manual_seed(0)
    return torch.rand(1, 200, 3) * 0.8 + 0.1


def test_the_right_candidate_has_no_distance():
    distances = candidate_distances(candidates([1.0, 2.0], [0.0, 0.0]), pixels(), pixels())[0]
    assert distances[0] == pytest.approx(0.1, abs=0.02)  # the floor of `cie94`
    assert distances[1] > 3


def test_believing_in_the_right_candidate_pays():
    colors, weight = pixels(), torch.ones(1)
    losses = [
        candidate_loss(candidates([1.0, 2.0], logits), colors, colors, weight)[0]
        for logits in ([2.0, 0.0], [0.0, 0.0], [0.0, 2.0])
    ]
    assert losses[0] < losses[1] < losses[2]


def test_grayness_costs_more_than_its_distance():
    colors = pixels()
    gray = colors.mean(2, keepdim=True).expand(-1, -1, 3)
    plain = cie94(srgb_to_lab(gray), srgb_to_lab(colors)).mean()
    assert candidate_distances(candidates([1.0], [0.0]), gray, colors) > 1.2 * plain
