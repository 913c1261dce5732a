"""Picked colors become neutral, or skin, and stay where other picks have them."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.adjustments.adjusted import Adjustments, adjusted
from colorfix_core.adjustments.picks import Pick
from colorfix_core.color import srgb
from colorfix_core.color.difference import ciede2000, srgb_to_lab
from colorfix_core.color.gamut import Wider
from tests.helpers.lut_examples import smooth_lut

# What a gray, a face, a wall and a cloth look like under magenta light.
GRAY, FACE = (0.62, 0.31, 0.58), (0.71, 0.33, 0.5)
WALL, CLOTH = (0.85, 0.5, 0.75), (0.2, 0.07, 0.24)
SKIN_CENTER = np.array([13.9, 15.9])


def lab_after(lut: Lut3D, *colors) -> np.ndarray:
    return srgb_to_lab(lut.evaluate(np.array(colors)))


def off_neutral(lab: np.ndarray) -> np.ndarray:
    return ciede2000(lab, lab * [1, 0, 0])


def picked(lut: Lut3D, *picks: Pick) -> Lut3D:
    return adjusted(lut, Adjustments(picks=picks))


@pytest.mark.parametrize("lut", [Lut3D.identity(33), smooth_lut(33), smooth_lut(17)])
def test_a_neutral_pick_becomes_neutral(lut):
    found = lab_after(picked(lut, Pick("neutral", GRAY)), GRAY)
    assert off_neutral(found)[0] < 1


@pytest.mark.parametrize("lut", [Lut3D.identity(33), smooth_lut(33)])
def test_a_skin_pick_gets_the_hue_of_skin(lut):
    found = lab_after(picked(lut, Pick("skin", FACE)), FACE)
    away = found[0, 1:] - SKIN_CENTER
    square = away @ np.linalg.inv([[21.7, 21.9], [21.9, 56.8]]) @ away
    assert square < 2


def test_skin_that_looks_like_skin_is_left_alone():
    face = (0.8, 0.62, 0.53)
    lut = picked(Lut3D.identity(33), Pick("skin", face))
    assert np.abs(lut.evaluate([face]) - [face]).max() < 2e-3


def test_picks_keep_their_luminance():
    lut = picked(Lut3D.identity(33), Pick("neutral", GRAY))
    before, after = (
        srgb.decode(np.array([c])) @ srgb.LUMINANCE for c in (GRAY, lut.evaluate(GRAY))
    )
    assert after.ravel() == pytest.approx(before.ravel(), rel=0.02)


def test_no_pick_moves_another_away():
    picks, neutral = [], []
    for color, kind in ((GRAY, "neutral"), (FACE, "skin"), (WALL, "neutral"), (CLOTH, "neutral")):
        picks.append(Pick(kind, color))
        neutral += [color] * (kind == "neutral")
        lut = picked(smooth_lut(33), *picks)
        assert off_neutral(lab_after(lut, *neutral)).max() < 1
        if len(picks) > 1:
            assert np.abs(lab_after(lut, FACE)[0, 1:] - SKIN_CENTER).max() < 12


def test_picks_that_contradict_each_other_meet_half_way():
    near = tuple(np.array(GRAY) + 0.002)
    lut = picked(Lut3D.identity(33), Pick("neutral", GRAY), Pick("skin", near))
    alone = lab_after(picked(Lut3D.identity(33), Pick("skin", near)), near)
    between = lab_after(lut, GRAY)
    assert 1 < np.hypot(*between[0, 1:]) < np.hypot(*alone[0, 1:])


def test_colors_between_picks_change_smoothly():
    lut = picked(smooth_lut(33), Pick("neutral", GRAY), Pick("skin", FACE), Pick("neutral", WALL))
    way = np.linspace(GRAY, WALL, 200)
    assert np.abs(np.diff(lut.evaluate(way), 2, axis=0)).max() < 0.004


def test_a_pure_primary_can_be_neutral():
    lut = picked(Lut3D.identity(33), Pick("neutral", (0.9, 0.0, 0.0)))
    assert off_neutral(lab_after(lut, (0.9, 0.0, 0.0)))[0] < 2
    assert lut.table.min() >= -1e-6 and lut.table.max() <= 1 + 1e-6


def test_a_pick_beyond_srgb_becomes_neutral():
    green = (-0.3, 0.9, 0.2)
    lut = picked(Lut3D.identity(33).widened(Wider(1.0)), Pick("neutral", green))
    found = lut.apply(np.array([green], np.float32)).astype(float)
    assert off_neutral(srgb_to_lab(found))[0] < 2


@pytest.mark.parametrize("wrong", [("gray", (0, 0, 0)), ("skin", (0, 0)), ("skin", (0, np.nan, 0))])
def test_what_is_no_pick_is_refused(wrong):
    with pytest.raises(ValueError):
        Pick(*wrong)
