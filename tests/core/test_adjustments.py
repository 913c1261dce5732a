"""What the user turns: strength, and whether brightness may change."""

import numpy as np
import pytest

from colorfix_core.adjustments import adjusted, described
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


def test_a_described_lut_says_what_it_was_made_from_in_its_file(tmp_path):
    lut = described(smooth_lut(9), "Light of photo.jpg", {"strength": 0.5})
    lut.save(tmp_path / "look.cube")
    head = (tmp_path / "look.cube").read_text()[:400]
    assert "photo.jpg" in head and "strength 0.5" in head and "sRGB" in head
