"""install.py when something is amiss: one sentence, and everything as it was."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.helpers.paths import REPOSITORY
from tests.installer.user import assert_one_sentence, environment_of


def test_no_network_leaves_nothing_behind(install, tmp_path):
    done = install("--demo", tmp_path / "demo", PIP_NO_INDEX="1", PIP_FIND_LINKS="",
                   PIP_CONFIG_FILE=os.devnull)  # fmt: skip
    assert_one_sentence(done, "network")
    assert not (tmp_path / ".local/share/colorfix").exists()


def test_an_unwritable_folder_is_named(install, tmp_path):
    assert_one_sentence(install("--demo", tmp_path / "demo", XDG_DATA_HOME="/proc/none"), "/proc")
    assert_one_sentence(install("--demo", "/proc/none"), "/proc/none")


@pytest.mark.skipif(os.geteuid() != 0, reason="making a small disk needs root")
def test_a_full_disk_is_told_before_anything_is_downloaded(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=60m none "$1" && shift && exec "$@"'
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-c", script, "bash", disk,
         sys.executable, REPOSITORY / "install.py", "--demo", tmp_path / "demo"],
        env=environment_of(tmp_path, XDG_DATA_HOME=str(disk)) | {"PATH": os.environ["PATH"]},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert_one_sentence(done, "are needed")


def test_interruption_leaves_nothing_behind(tmp_path):
    running = subprocess.Popen(
        [sys.executable, REPOSITORY / "install.py", "--demo", tmp_path / "demo"],
        env=environment_of(tmp_path), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Whoever runs the tests in the background may have told them to ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while not running.stdout.readline().startswith("Making a Python environment"):
        assert running.poll() is None
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert said.startswith("install.py: interrupted")
    # What was fetched may stay for the next try; nothing that could be taken for a runtime does.
    left = {path.name for path in (tmp_path / ".local/share/colorfix").glob("*")}
    assert left <= {"downloads"}


def test_an_older_python_is_told_what_is_needed():
    """The top of install.py has to run where the rest would not."""
    text = (REPOSITORY / "install.py").read_text().replace("< (3, 11)", "< (9, 0)")
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Python 3.11 or later is needed" in done.stderr
