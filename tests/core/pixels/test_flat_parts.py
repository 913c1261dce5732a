"""Noise is found where a picture is flat, at any depth of its numbers."""

import numpy as np
import pytest

from colorfix_core.pixels.flat_parts import flat_parts


@pytest.fixture
def noisy():
    """A slope with noise of known covariance; its right half is busy."""
    rng = np.random.default_rng(2)
    noise = rng.multivariate_normal([0, 0, 0], COVARIANCE, (160, 160))
    picture = np.linspace(0.3, 0.6, 160)[:, None, None] + noise
    picture[:, 80:] += rng.normal(0, 0.1, (160, 80, 3))
    return picture.clip(0.01, 0.99).astype(np.float32)


COVARIANCE = np.array([[4, 1, 0], [1, 2, 0], [0, 0, 9]]) * 1e-4


def test_the_covariance_is_that_of_the_noise(noisy):
    assert flat_parts(noisy).noise == pytest.approx(COVARIANCE, abs=1.5e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_integers_say_the_same(noisy, dtype):
    full = np.iinfo(dtype).max
    whole = flat_parts((noisy * full).round().astype(dtype))
    assert whole.noise == pytest.approx(flat_parts(noisy).noise, abs=1e-5)
    assert whole.colors.min() > 0.2 and whole.colors.max() < 0.7


def test_a_clean_slope_has_no_noise():
    slope = np.linspace(0.2, 0.8, 64, dtype=np.float32)[:, None, None].repeat(64, 1).repeat(3, 2)
    assert np.abs(flat_parts(slope).noise).max() < 1e-9


def test_steps_between_blocks_of_a_jpeg_count():
    steps = np.random.default_rng(0).normal(0, 0.02, (20, 20, 1)).repeat(8, 0).repeat(8, 1)
    blocky = (0.5 + steps.repeat(3, 2)).astype(np.float32)
    assert flat_parts(blocky).noise[0, 0] > 1e-5


@pytest.mark.parametrize("picture", [np.zeros((40, 40, 3), np.uint8), np.ones((6, 6, 3))])
def test_a_picture_without_a_usable_block_says_nothing(picture):
    assert flat_parts(picture) is None
