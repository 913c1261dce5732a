"""`colorfix match` and `colorfix chart`."""

import numpy as np
import pytest
from PIL import Image

from colorfix_core import Lut3D
from tests.core.cli.checks import assert_one_sentence, hue_distance, pixels_of
from tests.helpers.chart_pictures import GELS, chart_in


def test_match_brings_a_picture_closer_to_its_reference(colorfix, tmp_path, photo, portrait):
    wanted = np.asarray(Image.fromarray(portrait).resize((96, 96)))
    Image.fromarray(wanted).save(tmp_path / "day.png")
    done = colorfix("match", photo, "--reference", "day.png", "-o", "out.png", "--lut", "a.cube")
    assert done.returncode == 0, done.stderr
    assert "photo.png: the pictures fit by" in done.stderr
    before = hue_distance(pixels_of(photo), wanted)
    assert hue_distance(pixels_of(tmp_path / "out.png"), wanted) < 0.5 * before
    again = Lut3D.load(tmp_path / "a.cube").apply(pixels_of(photo)).astype(int)
    assert np.abs(again - pixels_of(tmp_path / "out.png")).max() <= 1


def test_a_reference_of_one_color_changes_nothing(colorfix, tmp_path, photo):
    Image.new("RGB", (50, 50), "teal").save(tmp_path / "flat.png")
    done = colorfix("match", photo, "--reference", "flat.png", "-o", "out.png")
    assert_one_sentence(done, "photo.png: the reference holds one color only")
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_lut_of_a_chart_names_each_patch(colorfix, tmp_path, portrait, by_hand):
    corners = [(120, 150), (420, 180), (405, 385), (110, 360)]
    Image.fromarray(chart_in(portrait, corners, GELS["amber"])).save(tmp_path / "shot.png")
    more = ["--corners", *(f"{x},{y}" for x, y in corners)] if by_hand else []
    done = colorfix("chart", "shot.png", "-o", "gel.cube", *more)
    assert done.returncode == 0, done.stderr
    first, *patches = done.stdout.splitlines()
    assert first == "gel.cube"
    assert len(patches) == 24
    assert patches[0].startswith("dark skin")
    assert max(float(line.split()[-1]) for line in patches) < 3
    assert "a mean CIEDE2000 of" in done.stderr
    assert not Lut3D.load(tmp_path / "gel.cube").is_identity


def test_a_picture_without_a_chart_says_what_to_do(colorfix, tmp_path, photo):
    done = colorfix("chart", photo, "-o", "gel.cube")
    assert_one_sentence(done, "--corners")
    assert not (tmp_path / "gel.cube").exists()
