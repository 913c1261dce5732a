"""Temperature, tint, exposure and saturation."""

import colour
import numpy as np
import pytest

from colorfix_core.adjustments.trims import Trims, levels, trimmed
from colorfix_core.color import srgb

GRAY = np.full((3, 1), 0.2, np.float32)


def colors(count: int = 2000) -> np.ndarray:
    """(3, M) linear light all over sRGB."""
    return srgb.decode(np.random.default_rng(0).random((3, count))).astype(np.float32)


def uv(light: np.ndarray) -> np.ndarray:
    """CIE 1960 uv of (3, 1) linear sRGB."""
    return colour.UCS_to_uv(colour.XYZ_to_UCS(srgb.RGB_TO_XYZ @ light[:, 0].astype(float)))


def oklch(light: np.ndarray) -> np.ndarray:
    """(M, 3) lightness, chroma, hue by another library."""
    xyz = light.T.astype(float) @ srgb.RGB_TO_XYZ.T
    return colour.models.Oklab_to_Oklch(colour.XYZ_to_Oklab(xyz))


def test_nothing_turned_changes_nothing():
    light = colors()
    assert trimmed(light, Trims(), 0.0) is light


@pytest.mark.parametrize("temperature", [-100, -40, 40, 100])
def test_temperature_moves_gray_along_the_daylight_locus(temperature):
    moved = trimmed(GRAY, Trims(temperature=temperature), 0.0)
    kelvins = 1e6 / (1e6 / 6504 + 0.9 * temperature)
    xy = colour.temperature.CCT_to_xy_CIE_D(kelvins)
    assert uv(moved) == pytest.approx(colour.xy_to_UCS_uv(xy), abs=5e-4)
    assert (moved[0] > moved[2]) == (temperature > 0)


@pytest.mark.parametrize("tint", [-100, -30, 30, 100])
def test_tint_moves_gray_across_the_locus(tint):
    moved, white = uv(trimmed(GRAY, Trims(tint=tint), 0.0)), uv(GRAY)
    assert np.hypot(*(moved - white)) == pytest.approx(0.04 * abs(tint) / 100, abs=5e-4)
    along = colour.xy_to_UCS_uv(colour.temperature.CCT_to_xy_CIE_D(6000)) - white
    assert abs((moved - white) @ along) < 0.02 * np.hypot(*along) * np.hypot(*(moved - white))
    green = trimmed(GRAY, Trims(tint=tint), 0.0)[1] > GRAY[1]
    assert green == (tint < 0)


@pytest.mark.parametrize("trims", [Trims(temperature=70), Trims(tint=-70)])
def test_white_balance_keeps_the_luminance_of_gray(trims):
    moved = trimmed(GRAY, trims, 0.0)
    assert float(srgb.LUMINANCE @ moved[:, 0]) == pytest.approx(0.2, abs=1e-5)


def test_exposure_is_a_factor_of_linear_light():
    light = colors()
    np.testing.assert_allclose(trimmed(light, Trims(exposure=-1.5), 0.0), light * 2**-1.5, 1e-5)


@pytest.mark.parametrize("saturation", [-60, 35, 100])
def test_saturation_keeps_lightness_and_hue(saturation):
    light = colors()
    before, after = oklch(light), oklch(trimmed(light, Trims(saturation=saturation), 0.0))
    assert np.abs(after[:, 0] - before[:, 0]).max() < 1e-3
    turn = np.abs((after[:, 2] - before[:, 2] + 180) % 360 - 180)
    assert turn[before[:, 1] > 0.02].max() < 0.5


def test_saturation_scales_chroma_where_there_is_room():
    light = GRAY * np.float32([[1.02], [1], [0.98]])
    before, after = oklch(light), oklch(trimmed(light, Trims(saturation=50), 0.0))
    assert after[0, 1] == pytest.approx(1.5 * before[0, 1], rel=0.05)


def test_saturated_colors_stay_in_gamut_and_apart():
    light = colors()
    result = trimmed(light, Trims(saturation=100), 0.0)
    assert result.min() > -1e-3 and result.max() < 1 + 1e-3
    chroma = np.linspace(0.05, 0.9, 30)
    ramp = (0.3 + chroma * np.array([[0.6], [-0.15], [-0.3]])).astype(np.float32)
    assert (np.diff(oklch(trimmed(ramp, Trims(saturation=100), 0.0))[:, 1]) > 0).all()


def test_no_saturation_is_gray():
    gray = trimmed(colors(), Trims(saturation=-100), 0.0)
    assert np.ptp(gray, axis=0).max() < 1e-4


def test_no_trim_makes_a_color_darker_than_black():
    light = colors()
    assert trimmed(light, Trims(100, 100, 0, 0), 0.0).min() >= 0


@pytest.mark.parametrize("wrong", [{"temperature": 101}, {"exposure": 4}, {"tint": float("nan")}])
def test_trims_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Trims(**wrong)


def test_a_picture_of_one_gray_is_hardly_stretched():
    low, high = levels(np.full((3, 100), 0.2))
    assert high - low == pytest.approx(0.35, abs=1e-6)
