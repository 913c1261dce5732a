"""A correction does not lift noise out of flat parts, and says what it cost."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.messages import listening
from colorfix_core.noise_bound import MOST, bound_noise, noise_of
from colorfix_core.pixels.flat_parts import FlatParts

STEEP = Lut3D(np.minimum(Lut3D.identity(33).table * [1, 1, 5], 1).astype(np.float32))
GENTLE = Lut3D(Lut3D.identity(33).table ** np.float32(0.8))


@pytest.fixture
def orange():
    """A scene under orange light: its blue says little but noise."""
    rng = np.random.default_rng(4)
    tones = rng.uniform(0.2, 0.9, (48, 48, 1))
    noise = rng.normal(0, 0.02, (48, 48))
    return np.concatenate([tones, 0.7 * tones, 0.12 * tones + noise[..., None]], 2).clip(0, 1)


def noisy(sigma):
    rng = np.random.default_rng(5)
    tones = rng.uniform(0.3, 0.8, (60, 1)) * [1, 0.7, 0.12]
    return FlatParts(tones.astype(np.float32), np.diag([1e-6, 1e-6, sigma**2]).astype(np.float32))


@pytest.fixture
def loud():
    return noisy(0.03)


def test_noise_is_what_the_map_makes_of_it(loud):
    rng = np.random.default_rng(6)
    grains = rng.multivariate_normal([0, 0, 0], loud.noise, (4000, 60)).astype(np.float32)
    pixels = (loud.colors + 0.2 * grains).clip(0, 1)
    from skimage.color import rgb2lab

    seen = rgb2lab(STEEP.apply(pixels)).std(0).mean(0) / 0.2
    assert noise_of(STEEP, loud) == pytest.approx(seen, rel=0.2)


def test_a_steep_map_is_flattened_until_its_noise_is_bearable(orange, loud):
    with listening() as told:
        bounded = bound_noise(STEEP, orange, loud)
    before, steep, after = (noise_of(lut, loud) for lut in (None, STEEP, bounded))
    assert steep[2] > 1.2 * MOST * before[2]
    assert after[2] <= MOST * before[2] * 1.01
    assert len(told) == 1 and "noise" in told[0]


def test_mean_colors_stay_where_the_correction_puts_them(orange, loud):
    with listening():
        bounded = bound_noise(STEEP, orange, loud)
    means = [lut.apply(orange).mean((0, 1)) for lut in (STEEP, bounded)]
    assert means[1] == pytest.approx(means[0], abs=0.01)


@pytest.mark.parametrize("lut", [GENTLE, Lut3D.identity(33)])
def test_a_gentle_map_stays(lut, orange, loud):
    assert bound_noise(lut, orange, loud) is lut


def test_noise_that_nobody_sees_is_no_reason(orange):
    assert bound_noise(STEEP, orange, noisy(0.0005)) is STEEP


def test_without_flat_parts_nothing_is_known(orange):
    assert bound_noise(STEEP, orange, None) is STEEP
