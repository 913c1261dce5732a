"""Two lights: the picture is what the share at each pixel says."""

import numpy as np
import pytest
import torch

from colorfix_core.color.lab import LUMINANCE, srgb_to_linear
from colorfix_training.evaluation import mixed_lights

MIXTURES = [mixed_lights.lamp_and_window, mixed_lights.soft_lights, mixed_lights.hard_lights]


@pytest.fixture
def gray():
    return torch.full((56, 56, 3), 0.2)


@pytest.mark.parametrize("mix", MIXTURES)
@pytest.mark.parametrize("seed", range(4))
def test_every_pixel_lies_between_the_two_lights(mix, seed, gray):
    mixture = mix(gray, np.random.default_rng(seed))
    lit = srgb_to_linear(mixture.picture).reshape(-1, 3)
    share = mixture.share.reshape(-1, 1)
    design = torch.cat([share, 1 - share], 1)
    lights = torch.linalg.lstsq(design, lit).solution
    assert (design @ lights - lit).abs().max() < 0.02
    assert (lights @ LUMINANCE).numpy() == pytest.approx([0.2, 0.2], abs=0.05)


@pytest.mark.parametrize("mix", MIXTURES)
def test_the_band_is_where_neither_light_is_alone(mix, gray):
    mixture = mix(gray, np.random.default_rng(1))
    band, share = mixture.band(), mixture.share.numpy()
    assert band[(share > 0.25) & (share < 0.75)].all()
    assert 0 < band.mean() < 1


def test_edges_are_narrow_and_fields_are_wide(gray):
    shares = [
        [mix(gray, np.random.default_rng(seed)).band().mean() for seed in range(6)]
        for mix in (mixed_lights.hard_lights, mixed_lights.soft_lights)
    ]
    assert np.mean(shares[0]) < np.mean(shares[1])
