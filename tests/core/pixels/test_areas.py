"""Averages of small areas."""

import numpy as np
import pytest

from colorfix_core.pixels.areas import average, usual_radius

PICTURE = np.zeros((20, 30, 3), np.uint8)
PICTURE[5:8, 10:13] = [255, 51, 0]


def test_an_area_is_averaged():
    assert average(PICTURE, 11, 6, 1) == pytest.approx((1, 0.2, 0))
    assert average(PICTURE, 11, 6, 2) == pytest.approx((9 / 25, 0.2 * 9 / 25, 0))


def test_areas_end_at_the_border():
    assert average(PICTURE[5:8, 10:13], 0, 0, 5) == pytest.approx((1, 0.2, 0))


def test_what_does_not_count_is_left_out():
    weights = (PICTURE[..., 0] > 0).astype(np.float32)
    assert average(PICTURE, 11, 6, 3, weights) == pytest.approx((1, 0.2, 0))


def test_pixels_that_are_no_numbers_are_left_out():
    floats = PICTURE / np.float32(255)
    floats[6, 11] = np.nan
    assert average(floats, 11, 6, 1) == pytest.approx((1, 0.2, 0))


@pytest.mark.parametrize("place", [(-1, 0), (30, 0), (0, 20)])
def test_outside_there_is_nothing(place):
    assert average(PICTURE, *place) is None


def test_larger_pictures_have_larger_areas():
    assert usual_radius(100, 100) == 2 and usual_radius(4000, 6000) == 30
