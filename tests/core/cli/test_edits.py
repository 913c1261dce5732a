"""`colorfix lut --before A --after B`."""

import numpy as np
from PIL import Image

from colorfix_core import Lut3D
from tests.core.cli.checks import assert_one_sentence, pixels_of


def test_the_lut_of_an_edit_repeats_it(colorfix, tmp_path, photo, red_killer):
    after = Lut3D.load(red_killer).apply(pixels_of(photo))
    Image.fromarray(after).save(tmp_path / "after.png")
    done = colorfix("lut", "--before", photo, "--after", "after.png", "-o", "edit.cube",
                    "--difference", "left.png")  # fmt: skip
    assert done.returncode == 0
    assert done.stdout == "edit.cube\n"
    assert "the LUT repeats the edit: mean CIEDE2000 0." in done.stderr
    found = Lut3D.load(tmp_path / "edit.cube").apply(pixels_of(photo))
    assert np.abs(found.astype(int) - after).mean() < 0.5
    assert pixels_of(tmp_path / "left.png").max() < 60


def test_what_does_not_belong_together_writes_nothing(colorfix, tmp_path, photo):
    Image.open(photo).transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(tmp_path / "after.png")
    done = colorfix("lut", "--before", photo, "--after", "after.png", "-o", "edit.cube")
    assert_one_sentence(done, "do not show the same")
    assert not (tmp_path / "edit.cube").exists()


def test_one_picture_and_an_edit_are_one_too_many(colorfix, photo):
    done = colorfix("lut", photo, "--before", photo, "--after", photo, "-o", "edit.cube")
    assert_one_sentence(done, "--before A --after B", code=2)
