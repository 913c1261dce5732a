"""Several lights on the command line: a LUT for each, and a mask."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.color import srgb
from tests.core.cli.checks import assert_one_sentence, pixels_of
from tests.core.test_fixer import lit_from_two_sides
from tests.helpers.paths import REPOSITORY


@pytest.fixture
def stage(tmp_path, portrait):
    """The portrait between a blue and a red lamp, as a PNG file."""
    path = tmp_path / "stage.png"
    Image.fromarray(lit_from_two_sides(portrait)).save(path)
    return path


def test_the_saved_files_put_together_are_the_picture(colorfix, tmp_path, stage):
    done = colorfix("fix", stage, "-o", "out.png", "--lights", "several", "--lut", "look.cube")
    assert done.returncode == 0, done.stderr
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["look-1.cube", "look-2.cube", "look-mask-2.png", "out.png", "stage.png"]
    before = pixels_of(stage).astype(np.float32) / 255
    one, two = (srgb.decode(Lut3D.load(tmp_path / f"look-{n}.cube").apply(before)) for n in (1, 2))
    share = pixels_of(tmp_path / "look-mask-2.png")[..., :1].astype(np.float32)
    share /= 255 if share.max() < 256 else 65535
    mixed = srgb.encode(one + share * (two - one)) * 255
    assert np.abs(mixed - pixels_of(tmp_path / "out.png")).max() < 2.5


def test_one_light_makes_one_lut(colorfix, tmp_path, photo):
    done = colorfix("fix", photo, "-o", "out.png", "--lights", "several", "--lut", "look.cube")
    assert done.returncode == 0 and "One light was found" in done.stderr
    assert (tmp_path / "look.cube").exists() and not (tmp_path / "look-1.cube").exists()


@pytest.mark.parametrize("more", [("--method", "balancer"), ("--iterations", "2")])
def test_what_does_not_go_together_is_refused(colorfix, stage, more):
    done = colorfix("fix", stage, "-o", "out.png", "--lights", "several", *more)
    assert_one_sentence(done, "--lights several goes with", code=2)


def test_no_file_of_several_lights_replaces_an_input(colorfix, tmp_path, stage):
    other = stage.rename(tmp_path / "look-mask-2.png")
    done = colorfix("fix", other, "-o", "out.png", "--lights", "several", "--lut", "look.cube")
    assert_one_sentence(done, "would be overwritten", code=2)


def test_ffmpeg_puts_the_files_together_as_the_page_says(colorfix, tmp_path, stage):
    if "zscale" not in filters_of_ffmpeg():
        pytest.skip("ffmpeg with zscale is not installed")
    made = colorfix("fix", stage, "-o", "out.png", "--lights", "several", "--lut", "look.cube")
    assert made.returncode == 0, made.stderr
    page = (REPOSITORY / "docs/lut-files.md").read_text().split("## Several lights")[1]
    lines = [line[4:] for line in page.splitlines() if line.startswith("    ")]
    script = "\n".join(lines).replace("PHOTO", "stage.png").replace("OUT", "ffmpeg.png")
    subprocess.run(["bash", "-ec", script], cwd=tmp_path, check=True, capture_output=True)
    one, other = (pixels_of(tmp_path / f"{name}.png").astype(int) for name in ("out", "ffmpeg"))
    assert np.abs(one - other).max() <= 1


def filters_of_ffmpeg() -> str:
    """What ffmpeg says of its filters; nothing where there is none."""
    if not shutil.which("ffmpeg"):
        return ""
    asked = ["ffmpeg", "-hide_banner", "-filters"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
