"""The user's last word, folded into one LUT."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.adjustments.adjusted import Adjustments, adjusted, adjusted_alike, described
from colorfix_core.adjustments.trims import Trims, trimmed
from colorfix_core.color import gamut, srgb
from colorfix_core.color.gamut import Wider
from colorfix_core.pixels.thumbnail import Thumbnail
from tests.helpers.lut_examples import smooth_lut


def faded(low: float, high: float) -> Thumbnail:
    """A gray ramp that lacks black and white."""
    ramp = np.linspace(low, high, 64, dtype=np.float32)
    return Thumbnail(np.tile(ramp[None, :, None], (64, 1, 3)), np.ones((64, 64), np.float32))


def test_without_a_wish_it_is_the_correction_itself():
    lut = smooth_lut(9)
    assert adjusted(lut, Adjustments()) is lut


def test_no_strength_is_nothing():
    assert adjusted(smooth_lut(9), Adjustments(0.0)).is_identity
    assert adjusted(smooth_lut(9), Adjustments(0.0, True)).is_identity


def test_brightness_is_kept_after_fading():
    lut = smooth_lut(9)
    wanted = lut.blend(0.5).keep_luminance()
    np.testing.assert_array_equal(adjusted(lut, Adjustments(0.5, True)).table, wanted.table)


def test_faded_film_gets_black_and_white_back():
    picture = faded(0.2, 0.8)
    lut = adjusted(Lut3D.identity(33), Adjustments(film_contrast=True), picture)
    ends = lut.evaluate([[0.2] * 3, [0.8] * 3])
    assert ends[0].max() < 0.02 and ends[1].min() > 0.98


def test_a_picture_with_full_contrast_keeps_it():
    lut = adjusted(Lut3D.identity(33), Adjustments(film_contrast=True), faded(0, 1))
    assert np.abs(lut.table - Lut3D.identity(33).table).max() < 0.01


def test_contrast_follows_no_exposure():
    """Else the exposure would be undone."""
    wish = Adjustments(film_contrast=True, trims=Trims(exposure=-1))
    lut = adjusted(Lut3D.identity(33), wish, faded(0.2, 0.8))
    assert 0.7 < lut.evaluate([[0.8] * 3]).min() < 0.76


def test_contrast_of_film_needs_a_picture():
    with pytest.raises(ValueError, match="picture"):
        adjusted(smooth_lut(9), Adjustments(film_contrast=True))


def test_lights_share_one_contrast():
    picture = faded(0.3, 0.7)
    dark = Lut3D(Lut3D.identity(17).table * 0.5)
    luts = adjusted_alike([Lut3D.identity(17), dark], Adjustments(film_contrast=True), picture)
    steepness = [lut.evaluate([[0.65] * 3]) - lut.evaluate([[0.6] * 3]) for lut in luts]
    assert steepness[1].mean() == pytest.approx(steepness[0].mean() / 2, rel=0.02)


def test_a_lut_beyond_srgb_is_adjusted_as_its_colors_are():
    wide, trims = smooth_lut(33).widened(Wider(1.0)), Trims(20, 10, 0.2, -20)
    colors = np.random.default_rng(0).uniform(0.3, 0.7, (500, 3))
    light = srgb.decode(gamut.mirrored(wide.evaluate(colors))).T.astype(np.float32)
    expected = srgb.encode(trimmed(light, trims, -1.0)).T
    result = adjusted(wide, Adjustments(trims=trims))
    assert result.mirrored
    assert np.abs(gamut.mirrored(result.evaluate(colors)) - expected).max() < 0.02


def test_a_described_lut_says_what_it_was_made_from_in_its_file(tmp_path):
    lut = described(smooth_lut(9), "Light of photo.jpg", {"strength": 0.5})
    lut.save(tmp_path / "look.cube")
    head = (tmp_path / "look.cube").read_text()[:400]
    assert "photo.jpg" in head and "strength 0.5" in head and "sRGB" in head
