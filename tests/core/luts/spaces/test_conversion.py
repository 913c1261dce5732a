"""Encodings of other makers, against their own papers' figures, and LUTs for them."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.luts.spaces import conversion, names
from colorfix_core.luts.spaces.names import Meaning
from tests.helpers.lut_examples import smooth_lut

pytest.importorskip("PyOpenColorIO")

# Where makers put 18 % gray: codes of 1023 over 1023, and percentages, as their papers print them.
MIDDLE_GRAY = {"logc3": 0.3910, "logc4": 0.2784, "slog3": 420 / 1023, "slog3-sgamut3": 420 / 1023,
               "vlog": 0.4233, "clog2": 0.3983, "clog3": 0.3434, "applelog": 0.4883,
               "acescct": 0.4136, "linear": 0.18}  # fmt: skip
COLORS = np.random.default_rng(0).random((200, 3))


@pytest.mark.parametrize("space", MIDDLE_GRAY)
def test_middle_gray_lies_where_the_maker_puts_it(space):
    found = conversion.from_linear(np.full((1, 3), 0.18), space)
    assert found == pytest.approx(MIDDLE_GRAY[space], abs=2e-4)


@pytest.mark.parametrize("space", ["adobergb", "displayp3", "prophoto", "rec709", "srgb"])
def test_white_stays_white(space):
    assert conversion.from_linear(np.ones((1, 3)), space) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("space, library", [
    ("adobergb", "Adobe RGB (1998)"), ("displayp3", "Display P3"), ("prophoto", "ProPhoto RGB"),
])  # fmt: skip
def test_primaries_are_those_of_the_standard(space, library):
    colour = pytest.importorskip("colour")

    matrix = colour.matrix_RGB_to_RGB("sRGB", library, "Bradford")
    found = conversion.from_linear(COLORS * 0.9 + 0.05, space)
    exponent = {"adobergb": 563 / 256, "prophoto": 1.8}.get(space)
    linear = (COLORS * 0.9 + 0.05) @ matrix.T
    wanted = linear ** (1 / exponent) if exponent else colour.cctf_encoding(linear, "sRGB")
    assert np.abs(found - wanted).max() < 2e-3


@pytest.mark.parametrize("space", names.BY_KEY)
def test_what_is_encoded_comes_back(space):
    there = conversion.from_linear(COLORS, space)
    assert np.abs(conversion.to_linear(there, space) - COLORS).max() < 1e-4


@pytest.mark.parametrize("space", ["logc3", "displayp3"])
def test_a_baked_lut_is_the_lut_in_its_own_space(space):
    from colorfix_core.luts.converted import converted

    lut = smooth_lut(17)
    meaning = Meaning(space, space)
    baked = conversion.for_srgb(lut, meaning)
    wanted = converted(lut, meaning).apply(COLORS)
    error = np.abs(baked.evaluate(COLORS) - wanted)
    assert error.mean() < 0.1 / 255


def test_a_lut_for_srgb_stays_the_same():
    lut = smooth_lut(5)
    assert conversion.for_srgb(lut, Meaning()) is lut


@pytest.mark.parametrize("space", names.BY_KEY)
def test_an_identity_changes_nothing_in_any_space(space):
    from colorfix_core.luts.converted import converted

    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 4)).astype(np.uint8)
    found = converted(Lut3D.identity(33), Meaning(space, space), 0.5).apply(pixels)
    np.testing.assert_array_equal(found, pixels)
