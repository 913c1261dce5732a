"""How the colors of a picture are corrected, whatever its profile."""

import numpy as np

from colorfix_core import Lut3D
from colorfix_core.pictures import profiles
from colorfix_core.pictures.picture import Picture
from tests.core.pictures.examples import ADOBE, SRGB, with_alpha

ROOM_FOR_ROUNDING = 32  # of 65535: the profile's own curve is a table


def test_alpha_is_not_touched(small, deep, dimmer):
    for pixels in (with_alpha(small), with_alpha(deep)):
        for profile in (None, ADOBE):
            corrected = Picture(pixels, profile).corrected(dimmer)
            np.testing.assert_array_equal(corrected.pixels[..., 3], pixels[..., 3])
            assert (corrected.pixels[..., 2] <= pixels[..., 2]).all()


def test_transparent_pixels_have_no_weight(small):
    pixels = with_alpha(small)
    np.testing.assert_array_equal(Picture(pixels).weights, pixels[..., 3] > 0)
    assert Picture(small).weights is None


def test_an_srgb_profile_by_any_name_costs_nothing(small):
    assert Picture(small, SRGB).srgb().dtype == np.uint8


def test_lut_acts_on_srgb_colors_whatever_the_profile(small, dimmer):
    in_adobe = profiles.from_srgb(np.float32(small / 255), ADOBE, np.uint16)
    corrected = Picture(in_adobe, ADOBE).corrected(dimmer)
    wanted = dimmer.apply(np.float32(small / 255))
    np.testing.assert_allclose(corrected.srgb(), wanted, atol=1e-3)


def test_colors_outside_srgb_are_kept(dimmer):
    """A LUT that changes next to nothing leaves Adobe RGB's green where it is."""
    green = np.zeros((4, 4, 3), np.uint16)
    green[..., 1] = 65535
    picture = Picture(green, ADOBE)
    assert picture.srgb()[0, 0, 0] < -1
    nearly = Lut3D(Lut3D.identity(9).table * np.float32(0.9999))
    again = picture.corrected(nearly).pixels
    assert abs(again.astype(int) - green).max() <= ROOM_FOR_ROUNDING


def test_8_bit_colors_of_a_profile_come_back_exactly(portrait):
    there = profiles.to_srgb(portrait, ADOBE)
    np.testing.assert_array_equal(profiles.from_srgb(there, ADOBE, np.uint8), portrait)


def test_identity_is_exact_whatever_the_profile(deep):
    picture = Picture(deep, ADOBE)
    np.testing.assert_array_equal(picture.corrected(Lut3D.identity()).pixels, deep)


def test_colors_converted_once_are_those_converted_each(portrait):
    def darker(colors):
        return (colors * 0.5).astype(np.float32)

    np.testing.assert_array_equal(profiles.once_per_color(darker, portrait), darker(portrait))
