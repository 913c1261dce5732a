"""Trims and picked colors on the command line."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color.difference import ciede2000, srgb_to_lab
from tests.core.cli.checks import assert_one_sentence, pixels_of


def lab_of(path, x: int, y: int) -> np.ndarray:
    area = pixels_of(path)[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3) / 255
    return srgb_to_lab(area.mean(0))


def test_picked_pixels_become_neutral(colorfix, tmp_path, photo):
    height, width = pixels_of(photo).shape[:2]
    spots = [(width // 4, height // 3), (width // 2, height // 2)]
    known = [part for x, y in spots for part in ("--neutral", f"{x},{y},4")]
    done = colorfix("fix", photo, "-o", "out.png", *known)
    assert done.returncode == 0, done.stderr
    for spot in spots:
        lab = lab_of(tmp_path / "out.png", *spot)
        assert ciede2000(lab, lab * [1, 0, 0]) < 2


def test_a_pick_outside_the_picture_is_named(colorfix, photo):
    done = colorfix("fix", photo, "-o", "out.png", "--neutral", "99999,1")
    assert_one_sentence(done, "shows nothing at 99999,1", code=1)


@pytest.mark.parametrize("wrong", [("--neutral", "12"), ("--tint", "101"), ("--strength", "201")])
def test_what_is_out_of_range_is_wrong_usage(colorfix, photo, wrong):
    assert colorfix("fix", photo, "-o", "out.png", *wrong).returncode == 2


def test_trims_are_in_the_lut_and_named_there(colorfix, tmp_path, photo):
    warm = ("--temperature", 30, "--exposure", 0.5, "--saturation", -100, "--film-contrast")
    for name, more in (("plain", ()), ("gray", warm)):
        done = colorfix("lut", photo, "-o", f"{name}.cube", *more)
        assert done.returncode == 0, done.stderr
    assert np.ptp(Lut3D.load(tmp_path / "gray.cube").table, axis=-1).max() < 1e-3
    head = (tmp_path / "gray.cube").read_text()[:500]
    assert "temperature 30" in head and "film_contrast True" in head and "tint" not in head
    assert "temperature" not in (tmp_path / "plain.cube").read_text()[:500]


def test_strength_goes_beyond_one_hundred(colorfix, tmp_path, photo):
    for percent in (100, 200):
        assert (
            colorfix("lut", photo, "-o", f"{percent}.cube", "--strength", percent).returncode == 0
        )
    once, twice = (Lut3D.load(tmp_path / f"{n}.cube").table for n in (100, 200))
    still = Lut3D.identity(33).table
    assert np.abs(twice - still).mean() > 1.2 * np.abs(once - still).mean()
