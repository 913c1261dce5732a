"""Estimates follow a change of light, whatever the size of the picture."""

import torch
from torch.nn import functional as F

from colorfix_core.color.lab import linear_to_srgb
from colorfix_core.networks.classical_estimates import CLUES, clues, estimates


def scene(side=56):
    torch.manual_seed(0)
    return F.interpolate(torch.rand(1, 3, 8, 8) * 0.4 + 0.05, (side, side), mode="bilinear")


def test_a_gain_moves_every_estimate_by_its_logarithm():
    gains = torch.tensor([2.0, 1.0, 0.5]).view(1, 3, 1, 1)
    before, after = (estimates(linear_to_srgb(s))[0, :10] for s in (scene(), scene() * gains))
    expected = torch.tensor([2.0, 0.5]).log().repeat(5)
    torch.testing.assert_close(after - before, expected, atol=2e-3, rtol=0)


def test_enlarging_a_picture_changes_nothing():
    picture = linear_to_srgb(scene())
    large = F.interpolate(picture, (224, 224), mode="nearest")
    torch.testing.assert_close(estimates(large), estimates(picture))


def test_a_black_picture_has_finite_estimates():
    assert estimates(torch.zeros(2, 3, 56, 56)).isfinite().all()


def test_the_wish_is_the_last_clue():
    found = clues(linear_to_srgb(scene()).repeat(2, 1, 1, 1), torch.tensor([0.0, 1.0]))
    assert found.shape == (2, CLUES)
    assert found[:, -1].tolist() == [-2, 2]
