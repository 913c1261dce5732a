"""Locks, space, progress, the environment, the command's place."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from installer import Cancelled, InstallError, launcher, pip, requirements, space
from installer import uv as uvs
from installer.processes import clean_environment, run_watched
from installer.progress import Watch
from installer.system_packages import GI, PIP, TORCH, line_for


@pytest.mark.parametrize("lock", ["packages", "torch", "torch-cpu", "tools"])
def test_everything_that_is_fetched_has_a_hash(lock):
    packages = requirements.locked(lock)
    assert packages
    assert all(one.hashes for one in packages.values())


def test_the_locks_hold_what_is_pinned():
    locked = requirements.locked("packages") | requirements.locked("torch")
    for pin in requirements.read()["pinned"]:
        name, _, version = pin.partition("==")
        assert locked[name].version == version
    without_cuda = requirements.locked("torch-cpu")["torch"]
    assert without_cuda.version == f"{locked['torch'].version}+cpu"


def test_without_cuda_nothing_of_nvidia_is_left():
    left = requirements.without_cuda(requirements.locked("torch"))
    assert "sympy" in left
    assert not [name for name in left if name.startswith(("nvidia", "cuda", "triton", "torch"))]


def test_what_goes_to_one_disk_is_added_up(tmp_path):
    half = (space.shutil.disk_usage(tmp_path).free + space.RESERVE) // 2
    space.check([space.Need(tmp_path / "one", half // 2)])
    with pytest.raises(InstallError, match="are needed; make room"):
        space.check([space.Need(tmp_path / "one", half), space.Need(tmp_path / "two", half)])


def test_progress_has_a_rate(tmp_path):
    moments = []
    watch = Watch("x", [tmp_path], 4 * 10**6, moments.append)
    watch.look()
    (tmp_path / "file").write_bytes(bytes(10**6))
    time.sleep(0.01)
    watch.look()
    assert moments[-1].fraction == 0.25
    assert moments[-1].rate > 0
    assert "1 MB of 4 MB" in str(moments[-1])


def test_little_of_the_environment_is_let_through():
    misleading = {"LD_PRELOAD": "x", "APPDIR": "/mnt", "PYTHONPATH": "/x", "GI_TYPELIB_PATH": "/x",
                  "XDG_DATA_DIRS": "/x", "GTK_PATH": "/x", "HOME": "/home/me", "LC_ALL": "C",
                  "PATH": "/mnt/usr/bin", "PIP_INDEX_URL": "file:///x"}  # fmt: skip
    assert clean_environment(misleading) == {
        "HOME": "/home/me", "LC_ALL": "C", "PIP_INDEX_URL": "file:///x",
        "PATH": "/usr/local/bin:/usr/bin:/bin"}  # fmt: skip


def test_the_python_of_an_appimage_runs_pip_as_its_appimage_does(monkeypatch):
    """It finds its libraries in no environment but its own; any other Python gets a clean one."""
    monkeypatch.setenv("LD_PRELOAD", "")
    assert "LD_PRELOAD" not in pip.find(None).environment
    monkeypatch.setenv("APPDIR", str(Path(sys.executable).parent))
    found = pip.find(None)
    assert found.environment == dict(os.environ)
    assert found.folder == str(Path(sys.executable).parent)


def test_cancelling_ends_what_runs():
    began = time.monotonic()
    with pytest.raises(Cancelled):
        run_watched(["sleep", "60"], os.environ, lambda: None, lambda: True)
    assert time.monotonic() - began < 30


@pytest.mark.skipif(sys.platform != "linux", reason="other systems offer no such thing")
def test_what_a_killed_installer_started_ends_with_it(tmp_path):
    code = (
        "import os; from installer.processes import run_watched; run_watched(['sh', '-c', "
        f"'echo $$ > {tmp_path}/pid; exec sleep 60'], os.environ, lambda: None, lambda: False)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    child = Path("/proc", (tmp_path / "pid").read_text().strip(), "cmdline")
    deadline = time.monotonic() + 30
    while child.exists() and b"sleep" in child.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.exists() or b"sleep" not in child.read_bytes()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("error: failed to write: No space left on device (os error 28)", "disk is full"),
        ("error: Hash mismatch for `x==1`", "not the file that this version was made with"),
        ("error: No solution\n  cause: Because there is no version of x==1 and you", "no x==1"),
        ("error: Failed to fetch\n  cause: dns error", "check the network connection"),
    ],
)
def test_a_failure_becomes_one_sentence(said, told):
    assert told in uvs.reason_of(said)
    assert "\n" not in uvs.reason_of(said)


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        ("apt", "apt install python3-gi gir1.2-gimp-3.0 python3-venv python3-torch"),
        ("dnf", "dnf install python3-gobject python3-pip python3-torch"),
        ("pacman", "pacman -S python-gobject python-pip python-pytorch"),
        ("zypper", "zypper install python3-gobject python3-pip"),
    ],
)
def test_all_that_is_missing_is_one_line(tmp_path, monkeypatch, manager, line):
    (tmp_path / manager).write_text("#!/bin/sh\n")
    (tmp_path / manager).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert line_for([GI, PIP, TORCH]).removeprefix("sudo ") == line


@pytest.mark.parametrize(
    ("shell", "says"),
    [("/bin/bash", "~/.bashrc"), ("/bin/zsh", "~/.zshrc"), ("/usr/bin/fish", "fish_add_path")],
)
def test_how_the_command_gets_onto_the_path_depends_on_the_shell(monkeypatch, shell, says):
    monkeypatch.setenv("SHELL", shell)
    monkeypatch.setenv("PATH", "/usr/bin")
    assert says in launcher.how_to_find(Path("/home/me/.local/bin/colorfix"))
    monkeypatch.setenv("PATH", "/usr/bin:/home/me/.local/bin")
    assert launcher.how_to_find(Path("/home/me/.local/bin/colorfix")) is None
