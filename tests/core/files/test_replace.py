"""A file is there as a whole or not at all."""

import os
import signal
import subprocess
import sys
import time

import pytest

from colorfix_core.files.replace import replacing


def test_a_new_file_gets_the_usual_permissions(tmp_path):
    with replacing(tmp_path / "a.txt") as part:
        part.write_text("new")
    assert (tmp_path / "a.txt").read_text() == "new"
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o666 & ~umask


def test_the_old_file_hands_on_its_permissions(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    with replacing(path) as part:
        part.write_text("new")
    assert path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "a.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as part:
        part.write_text("new")
    assert link.is_symlink() and target.read_text() == "new"


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
def test_after_an_error_the_old_file_is_all_there_is(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as part:
        part.write_text("half")
        raise error
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_readers_never_see_the_half_of_it(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as part:
        part.write_text("half")
        assert path.read_text() == "old"
    assert path.read_text() == "half"


def test_a_missing_folder_is_an_oserror(tmp_path):
    with pytest.raises(OSError), replacing(tmp_path / "none" / "a.txt"):
        pass


WRITES_FOR_EVER = """
import sys, time
from colorfix_core.cli import main
from colorfix_core.files.replace import replacing
from pathlib import Path
main.leave_when_told()
with replacing(Path("a.txt")) as part:
    part.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def _heed_signals():
    """As a program in a terminal does, however the tests were started."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_process_that_is_told_to_end_clears_up(tmp_path, number):
    (tmp_path / "a.txt").write_text("old")
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES_FOR_EVER],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=_heed_signals,
    )
    assert process.stdout.readline() == b"writing\n"
    time.sleep(0.05)
    process.send_signal(number)
    process.wait(20)
    process.stdout.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"
