"""The command as a process: what it loads, shows, and does when it is told to end."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
import time

import numpy as np
from PIL import Image

from tests.helpers.paths import REPOSITORY


def test_a_terminal_shows_progress(tmp_path, photo, red_killer):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    command = [sys.executable, "-m", "colorfix_core", "apply", red_killer, photo, "gone.png",
               "-o", "out"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    subprocess.run(command, cwd=tmp_path, env=environment, stderr=theirs, timeout=60)
    shown = os.read(ours, 10000).decode()
    os.close(ours)
    os.close(theirs)
    assert "2/2" in shown
    assert "gone.png cannot be read" in shown


def test_help_needs_nothing_heavy():
    code = """
import sys
from colorfix_core.cli.main import main
try:
    main(["--help"])
except SystemExit as end:
    assert end.code == 0
heavy = {"torch", "numpy", "PIL", "tifffile", "imagecodecs", "diffusers"} & set(sys.modules)
assert not heavy, heavy
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, capture_output=True)


def _heed_interrupts():
    """A process started in the background may have been told to ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interruption_is_exit_code_130(tmp_path, portrait, red_killer):
    Image.fromarray(np.tile(portrait, (6, 6, 1))).save(tmp_path / "a.png", compress_level=0)
    inputs = ["a.png"] * 20
    command = [sys.executable, "-m", "colorfix_core", "apply", red_killer, *inputs, "-o", "out"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    running = subprocess.Popen(command, cwd=tmp_path, env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=_heed_interrupts)  # fmt: skip
    assert running.stdout.readline() == "out/a.png\n"
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said == "colorfix: interrupted\n"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


def test_a_process_told_to_end_leaves_whole_pictures(tmp_path, portrait, red_killer):
    Image.fromarray(np.tile(portrait, (6, 6, 1))).save(tmp_path / "a.png", compress_level=0)
    inputs = ["a.png"] * 20
    command = [sys.executable, "-m", "colorfix_core", "apply", red_killer, *inputs, "-o", "out"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    running = subprocess.Popen(command, cwd=tmp_path, env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert running.stdout.readline() == "out/a.png\n"
    deadline = time.monotonic() + 60
    while len(list((tmp_path / "out").iterdir())) < 2:  # until the next is being written
        assert time.monotonic() < deadline
        time.sleep(0.001)
    running.terminate()
    _, said = running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGTERM
    assert said == ""
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]
    assert Image.open(tmp_path / "out" / "a.png").convert("RGB").size == (3072, 3072)


def test_a_name_that_is_no_text_does_not_end_the_batch(colorfix, tmp_path, photo, red_killer):
    odd = os.fsdecode(b"odd\xff.png")
    shutil.copy(photo, tmp_path / odd)
    done = colorfix("apply", red_killer, odd, photo, "-o", "out", errors="surrogateescape")
    assert done.returncode == 0
    assert odd in done.stdout
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_what_a_lut_file_warns_of_is_shown(colorfix, tmp_path, photo, red_killer):
    video = tmp_path / "video.cube"
    video.write_text("LUT_IN_VIDEO_RANGE\n" + red_killer.read_text())
    done = colorfix("apply", video, photo, "-o", "a.png")
    assert done.returncode == 0
    assert "video-range" in done.stderr
