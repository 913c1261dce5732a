"""Standard output and error may be closed or full: the pictures are corrected all the same."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from colorfix_core import Lut3D
from tests.helpers.paths import REPOSITORY


@pytest.fixture
def batch(tmp_path, photo, red_killer):
    """Pass three pictures through a LUT by a shell command that ends as given."""
    for name in ("b.png", "c.png"):
        shutil.copy(photo, tmp_path / name)

    def run(ending: str, *more: str) -> subprocess.CompletedProcess:
        words = [sys.executable, "-m", "colorfix_core", "apply", str(red_killer), str(photo),
                 *more, "b.png", "c.png", "-o", "out"]  # fmt: skip
        command = f"{shlex.join(words)} {ending}"
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        return subprocess.run(command, shell=True, cwd=tmp_path, env=environment, text=True,
                              capture_output=True, timeout=120)  # fmt: skip

    return run


def assert_whole(folder):
    """All three are there, and nothing was written into one by mistake."""
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["b.png", "c.png", "photo.png"]
    assert len({file.read_bytes() for file in files}) == 1


@pytest.mark.parametrize("ending", [">&-", "| true", ">&- 2>&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_end_no_batch(batch, tmp_path, ending):
    assert batch(ending).returncode == 0
    assert_whole(tmp_path / "out")


def test_a_full_standard_output_is_said_once(batch, tmp_path):
    done = batch("> /dev/full")
    assert done.returncode == 1
    assert done.stderr == (
        "colorfix: the names of the results could not be printed: No space left on device\n"
    )
    assert_whole(tmp_path / "out")


@pytest.mark.parametrize("ending", ["2> /dev/full", "> /dev/full 2> /dev/full", "2>&-"])
def test_errors_that_nobody_can_read_are_still_an_exit_code(batch, tmp_path, ending):
    assert batch(ending, "gone.png").returncode == 1
    assert_whole(tmp_path / "out")


def test_what_is_not_written_becomes_what_is(tmp_path, colorfix, portrait):
    Image.fromarray(portrait[::8, ::8]).save(tmp_path / "a.gif")
    Image.fromarray(portrait[::8, ::8]).save(tmp_path / "a.jp2")
    Image.fromarray(portrait[::8, ::8]).save(tmp_path / "a.jpg")
    Lut3D.identity(2).save(tmp_path / "same.cube")
    done = colorfix("apply", "same.cube", "a.gif", "a.jp2", "a.jpg", "-o", "out/")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert done.returncode == 0 and names == ["a.jp2.jpg", "a.jpg", "a.png"]
