"""Views after a correction."""

import numpy as np
import pytest

from colorfix_core.pixels.views import View


def test_a_view_after_a_correction_keeps_what_8_bits_do_not_show():
    pixels = np.ones((4, 6, 4), np.float32)
    pixels[..., :3] = [1.5, -0.2, 0.5]
    after = View.of(pixels, 1).after(lambda colors: colors * np.float32([2, 1, 1, 1]))
    assert after.colors is not None and after.colors[0, 0, 0] == pytest.approx(3)
    assert after.pixels[0, 0].tolist() == [255, 0, 128, 255]


def test_a_view_after_a_correction_stays_as_it_was_outside_the_selection():
    pixels = np.full((4, 6, 4), 0.5, np.float32)
    weights = np.zeros((4, 6), np.float32)
    weights[:, 3:] = 1
    after = View.of(pixels, 1, weights).after(lambda colors: colors * 0)
    assert after.pixels[0, 0, 0] == 128 and after.pixels[0, 5, 0] == 0
