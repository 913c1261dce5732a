"""Lamps of which each lights a part of the picture."""

import numpy as np
import pytest
import torch

from colorfix_core.color.lab import LUMINANCE, srgb_to_linear
from colorfix_training.data import nearby_lamps


@pytest.fixture
def scene(portrait):
    return srgb_to_linear(torch.from_numpy(portrait[::4, ::4].copy()).float() / 255)


def test_lamps_depend_on_their_seed_alone(scene):
    one, same, other = (
        nearby_lamps.lit_by_lamps(scene, np.random.default_rng(s))[0] for s in (1, 1, 2)
    )
    assert torch.equal(one, same) and not torch.equal(one, other)


@pytest.mark.parametrize("field", nearby_lamps.FIELDS)
def test_a_field_is_a_share_that_differs_from_place_to_place(scene, field):
    share = field(scene, np.random.default_rng(3))
    assert share.shape == scene.shape[:2]
    assert share.min() >= 0 and share.max() <= 1 and share.std() > 0.01


def test_the_truth_keeps_the_light_and_loses_its_color():
    gray = torch.full((60, 80, 3), 0.2)
    for seed in range(20):
        encoded, neutral = nearby_lamps.lit_by_lamps(gray, np.random.default_rng(seed))
        assert encoded.min() >= 0 and encoded.max() <= 1
        assert (neutral - neutral[..., :1]).abs().max() < 1e-6
        assert (neutral @ LUMINANCE).std() >= 0
