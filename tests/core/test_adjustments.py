"""What the user turns: strength, and whether brightness may change."""

import numpy as np
import pytest

from colorfix_core.adjustments import adjusted
from tests.helpers.lut_examples import smooth_lut


def test_full_strength_is_the_correction_itself():
    lut = smooth_lut(9)
    np.testing.assert_array_equal(adjusted(lut, 1.0, False).table, lut.table)


def test_no_strength_is_nothing():
    assert adjusted(smooth_lut(9), 0.0, False).is_identity
    assert adjusted(smooth_lut(9), 0.0, True).is_identity


def test_brightness_is_kept_after_fading():
    lut = smooth_lut(9)
    wanted = lut.blend(0.5).keep_luminance()
    np.testing.assert_array_equal(adjusted(lut, 0.5, True).table, wanted.table)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_strength_out_of_range_is_refused(strength):
    with pytest.raises(ValueError):
        adjusted(smooth_lut(9), strength, False)
