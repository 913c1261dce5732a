"""Noise is measured where a picture is flat, and as a ratio."""

import numpy as np
import pytest

from colorfix_training.evaluation.flat_parts import noise_ratio

SIDE = 70
NOWHERE = np.zeros((SIDE, SIDE), bool)


@pytest.fixture
def noisy():
    """A slope with a busy half: noise of 1, 2 and 0.5 in L*, a*, b*."""
    rng = np.random.default_rng(3)
    lab = np.linspace(20, 80, SIDE)[:, None, None] + rng.normal(0, [1, 2, 0.5], (SIDE, SIDE, 3))
    lab[:, SIDE // 2 :] += rng.normal(0, 20, (SIDE, SIDE // 2, 3))
    return lab.astype(np.float32)


def test_twice_the_gain_is_twice_the_noise(noisy):
    assert noise_ratio(noisy, 2 * noisy, NOWHERE) == pytest.approx([2, 2, 2], rel=0.02)


def test_each_axis_is_measured_by_itself(noisy):
    assert noise_ratio(noisy, noisy * [1, 3, 0.5], NOWHERE) == pytest.approx([1, 3, 0.5], rel=0.02)


def test_what_happens_in_busy_parts_does_not_count(noisy):
    changed = noisy.copy()
    changed[:, SIDE // 2 :] *= 3
    assert noise_ratio(noisy, changed, NOWHERE) == pytest.approx([1, 1, 1], rel=0.02)


def test_a_picture_that_clips_everywhere_has_no_ratio(noisy):
    assert np.isnan(noise_ratio(noisy, noisy, ~NOWHERE)).all()
