"""Masks that follow the picture's edges, at any resolution."""

import numpy as np
import pytest

from colorfix_core.pixels.guided_filter import follow_edges


def halves(side: int, border: float) -> np.ndarray:
    """Blue left of a border, orange right of it, of one luminance."""
    picture = np.empty((side, side, 3), np.float32)
    picture[:] = 0.2, 0.45, 0.9
    picture[:, round(border * side) :] = 0.75, 0.4, 0.1
    return picture


def soft(border: float) -> np.ndarray:
    """A coarse mask that rises slowly around a border."""
    ramp = np.clip((np.arange(28) + 0.5) / 28 - border, -0.04, 0.04) * 12.5 + 0.5
    return np.tile(ramp.astype(np.float32), (28, 1))


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_an_even_mask_stays_even(level):
    rng = np.random.default_rng(0)
    mask = follow_edges(np.full((28, 28), level, np.float32), rng.random((64, 64, 3), np.float32))
    share = mask.share(rng.integers(0, 255, (50, 70, 3), np.uint8))
    np.testing.assert_allclose(share, level, atol=1e-5)


def test_a_soft_mask_becomes_sharp_at_an_edge():
    share = follow_edges(soft(0.5), halves(224, 0.5)).share(halves(600, 0.5))
    rise = share[300, 303] - share[300, 296]
    assert rise > 0.4  # the coarse mask rises by 0.15 on these seven pixels
    assert share[300, 100] < 0.05 and share[300, 500] > 0.95


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_rows_of_a_picture_get_what_they_get_in_the_whole(dtype):
    mask = follow_edges(soft(0.4), halves(224, 0.4))
    scale = 1 if dtype == np.float32 else np.iinfo(dtype).max
    picture = (halves(120, 0.4) * scale).astype(dtype)
    parts = [mask.share(picture[top : top + 50], top, 120) for top in (0, 50, 100)]
    np.testing.assert_array_equal(np.concatenate(parts), mask.share(picture))


def test_a_window_places_the_mask():
    mask = follow_edges(soft(0.5), halves(224, 0.5), window=(0.5, 0.5, 1.0, 1.0))
    share = mask.share(halves(400, 0.75))
    assert share[300, 250] < 0.1 and share[300, 350] > 0.9
    np.testing.assert_allclose(share[10], share[200], atol=1e-3)  # beyond it the nearest holds


def test_alpha_and_impossible_colors_do_no_harm():
    mask = follow_edges(soft(0.5), halves(224, 0.5))
    picture = np.full((20, 20, 4), np.nan, np.float32)
    picture[10:] = -3, 7, np.inf, 0.5
    assert np.isfinite(mask.share(picture)).all()
