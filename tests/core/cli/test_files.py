"""Where results go, and what must not be overwritten."""

import os
import shutil

import numpy as np
import pytest

from colorfix_core import Lut3D
from tests.core.cli.checks import assert_one_sentence, pixels_of


def test_many_pictures_go_to_a_folder(colorfix, tmp_path, photo):
    shutil.copy(photo, tmp_path / "other.png")
    done = colorfix("fix", photo, "other.png", "-o", "out", "--lut", "luts")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"photo.png", "other.png"}
    assert {path.name for path in (tmp_path / "luts").iterdir()} == {"photo.cube", "other.cube"}
    assert done.stdout.splitlines() == ["out/photo.png", "out/other.png"]


def test_a_bad_picture_does_not_stop_the_others(colorfix, tmp_path, photo, red_killer):
    (tmp_path / "bad.png").write_text("not a picture")
    done = colorfix("apply", red_killer, "bad.png", "gone.jpg", photo, "-o", "out")
    assert done.returncode == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["photo.png"]
    assert "bad.png is not" in done.stderr
    assert "gone.jpg cannot be read" in done.stderr
    assert "2 of 3 pictures failed" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_picture_into_an_existing_folder(colorfix, tmp_path, photo, red_killer):
    (tmp_path / "out").mkdir()
    assert colorfix("apply", red_killer, photo, "-o", "out").returncode == 0
    assert (tmp_path / "out" / "photo.png").exists()


@pytest.mark.parametrize("link", [None, os.link, os.symlink])
def test_the_input_is_not_overwritten(colorfix, tmp_path, photo, red_killer, link):
    before = photo.read_bytes()
    target = tmp_path / "target.png" if link else photo
    if link:
        link(photo, target)
    done = colorfix("apply", red_killer, photo, "-o", target)
    assert_one_sentence(done, "would be overwritten", 2)
    assert photo.read_bytes() == before


def test_the_input_is_overwritten_if_that_is_asked_for(colorfix, tmp_path, photo, red_killer):
    before = pixels_of(photo)
    done = colorfix("apply", red_killer, photo, "-o", photo, "--overwrite")
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(pixels_of(photo), Lut3D.load(red_killer).apply(before))


def test_the_lut_does_not_overwrite_the_picture(colorfix, photo):
    before = photo.read_bytes()
    assert_one_sentence(colorfix("lut", photo, "-o", photo), "would be overwritten", 2)
    done = colorfix("fix", photo, "-o", "b.png", "--lut", photo)
    assert_one_sentence(done, "would be overwritten", 2)
    assert photo.read_bytes() == before


def test_two_pictures_of_one_name_are_refused(colorfix, tmp_path, photo, red_killer):
    (tmp_path / "sub").mkdir()
    shutil.copy(photo, tmp_path / "sub")
    done = colorfix("apply", red_killer, photo, "sub/photo.png", "-o", "out")
    assert_one_sentence(done, "would both become", 2)
    assert not (tmp_path / "out").exists()


def test_several_pictures_do_not_fit_into_one_file(colorfix, tmp_path, photo, red_killer):
    done = colorfix("apply", red_killer, photo, "other.png", "-o", "out.png")
    assert_one_sentence(done, "folder", 2)


def test_no_lut_is_overwritten_by_a_picture(colorfix, tmp_path, photo):
    Lut3D.identity(4).save(tmp_path / "hald.png")
    before = (tmp_path / "hald.png").read_bytes()
    done = colorfix("apply", "hald.png", photo, "-o", "hald.png", "--overwrite")
    assert_one_sentence(done, "would be overwritten", code=2)
    assert (tmp_path / "hald.png").read_bytes() == before
    done = colorfix("fix", photo, "-o", "c.png", "--lut", "c.png")
    assert_one_sentence(done, "both the picture and its LUT", code=2)
