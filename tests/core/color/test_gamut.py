"""Colors beyond sRGB: how they are counted, and the encodings that hold them."""

import subprocess
import sys

import numpy as np
import pytest

from colorfix_core.color import gamut, srgb
from colorfix_core.color.gamut import Wider

# Display P3's green in sRGB, linear (SMPTE EG 432-1).
P3_GREEN = np.array([-0.2249, 1.0421, -0.0786])


def icc(linear):
    """Encoded as ICC and babl do: a straight line below black."""
    return np.where(linear < 0, linear * 12.92, srgb.encode(np.maximum(linear, 0)))


def test_mirrored_numbers_are_the_curve_turned_about_black():
    assert gamut.mirrored(icc(P3_GREEN)) == pytest.approx([-0.5117, 1.0183, -0.3111], abs=1e-3)


def test_mirroring_goes_back_and_leaves_sRGB_alone():
    colors = np.linspace(-8, 3, 999).astype(np.float32)
    assert np.allclose(gamut.unmirrored(gamut.mirrored(colors)), colors, rtol=1e-5)
    kept = colors[colors > -0.04]
    assert np.array_equal(gamut.mirrored(kept), kept)


def test_nan_and_infinity_are_mirrored_to_themselves():
    odd = np.float32([np.nan, np.inf, -np.inf])
    assert np.array_equal(gamut.mirrored(odd), odd, equal_nan=True)
    assert np.array_equal(gamut.unmirrored(odd), odd, equal_nan=True)


def test_a_picture_inside_sRGB_needs_nothing_wider():
    assert Wider.holding(np.random.default_rng(0).random((20, 20, 3))).is_srgb


def test_a_wider_encoding_holds_the_picture_and_white_stays_white():
    colors = icc(np.outer(np.linspace(0.01, 1, 50), P3_GREEN))
    wider = Wider.holding(colors)
    encoded = wider.encode(gamut.mirrored(colors))
    assert 0 < wider.reach < 1.2
    assert encoded.min() > -0.04 and encoded.max() < 1.05
    assert np.abs(wider.encode(np.ones((1, 3))) - 1).max() < 1e-5
    assert np.abs(wider.decode(encoded) - gamut.mirrored(colors)).max() < 1e-9


def test_more_color_widens_the_encoding():
    reaches = [Wider.holding(icc(P3_GREEN * [s, 1, s])[None]).reach for s in (0, 0.3, 1, 3)]
    assert reaches == sorted(reaches) and reaches[0] == 0 and reaches[3] == 2


def test_a_few_pixels_do_not_count():
    colors = np.full((1000, 3), 0.5)
    colors[:4] = icc(P3_GREEN)
    assert Wider.holding(colors).is_srgb
    assert not Wider.holding(colors, np.r_[np.ones(4), np.zeros(996)]).is_srgb


def test_highlights_are_dimmed_and_keep_their_hue():
    colors = np.float32([[2, 1, 0.5], [0.2, 0.3, 0.4], [np.nan, np.inf, -np.inf]])
    expected = [[1, 0.5, 0.25], [0.2, 0.3, 0.4], [0, 1, 0]]
    assert np.allclose(gamut.dimmed(colors), expected)
    inside = np.random.default_rng(0).random((5, 3), np.float32)
    assert gamut.dimmed(inside) is inside


def test_the_difference_is_here_by_name_and_torch_waits_for_it():
    code = (
        "import sys, colorfix_core.color\n"
        "assert 'torch' not in sys.modules\n"
        "from colorfix_core.color import ciede2000\n"
        "from colorfix_core.color.lab import ciede2000 as same\n"
        "assert ciede2000 is same"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
