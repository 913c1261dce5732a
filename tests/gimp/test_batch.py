"""The documented line that corrects a folder of pictures from a terminal."""

import html
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PAGE = Path(__file__).parents[2] / "plug-ins/remove-colored-lighting/help/en/scripting.html"


@pytest.fixture
def folder(place, installed, magenta_portrait):
    """A folder with two pictures under coloured light, seen from inside and outside."""
    inside = "/tmp/colorfix-batch"
    outside = place.outside(inside)
    subprocess.run(["rm", "-rf", str(outside)], check=True)
    (outside / "photos").mkdir(parents=True)
    Image.fromarray(magenta_portrait).save(outside / "photos/one.png")
    Image.fromarray(magenta_portrait[:256]).save(outside / "photos/two.jpg", quality=95)
    return inside, outside


def documented_line() -> str:
    """The first example on the help page."""
    return html.unescape(re.search("<pre>(.*?)</pre>", PAGE.read_text(), re.DOTALL)[1])


def run_line(place, profile: str, inside: str, *change: str) -> subprocess.CompletedProcess:
    """Run the example, perhaps with one part replaced by another."""
    line = documented_line().replace("gimp-console-3", place.console)
    line = line.replace(*change) if change else line
    command = place.command(
        "sh", "-c", f"cd {inside} && {line}", HOME=inside, GIMP3_DIRECTORY=profile
    )
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_documented_line_corrects_a_folder(place, installed, folder, magenta_portrait):
    inside, outside = folder
    done = run_line(place, installed, inside)
    assert done.returncode == 0, done.stderr
    assert "one.png: corrected" in done.stdout and "two.jpg: corrected" in done.stdout
    corrected = np.asarray(Image.open(outside / "corrected/one.png").convert("RGB"))
    assert np.ptp(corrected.mean((0, 1))) < np.ptp(magenta_portrait.mean((0, 1)))


@pytest.mark.parametrize("wrong", ["strength=800", "strenght=80", "method='foo'"])
def test_wrong_arguments_correct_nothing(place, installed, folder, wrong):
    inside, outside = folder
    done = run_line(place, installed, inside, "strength=80", wrong)
    assert done.returncode != 0 and wrong.split("=")[0] in done.stderr
    assert not (outside / "corrected").exists()


def test_originals_are_not_overwritten(place, installed, folder):
    inside, outside = folder
    before = (outside / "photos/one.png").read_bytes()
    done = run_line(place, installed, inside, '"corrected"', '"photos"')
    assert done.returncode != 0 and "overwritten" in done.stderr
    assert (outside / "photos/one.png").read_bytes() == before


def test_broken_picture_is_named_and_the_others_are_corrected(place, installed, folder):
    inside, outside = folder
    (outside / "photos/broken.png").write_bytes(b"not a picture")
    done = run_line(place, installed, inside)
    assert done.returncode != 0
    assert "broken.png: cannot be" in done.stdout
    assert (outside / "corrected/one.png").exists() and (outside / "corrected/two.jpg").exists()
