"""install.py: with the real GIMP 3, without one, and when something is amiss."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorfix_core import Lut3D
from tests.helpers.paths import REPOSITORY

sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "gimp")]
from installer import runtime, swap  # noqa: E402
from tests.gimp import place as places  # noqa: E402
from tests.gimp.profile_setup import wheels  # noqa: E402

WHAT_IS_INSTALLED = ("install.py", "installer", "sample", "colorfix_core", "plug-ins", "models",
                     "pyproject.toml", "LICENSE")  # fmt: skip


def copy_repository(folder: Path) -> Path:
    """What a user downloads, where a test may damage it."""
    ignore = shutil.ignore_patterns("__pycache__")
    for name in WHAT_IS_INSTALLED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder)
    return folder


def assert_one_sentence(done: subprocess.CompletedProcess, says: str) -> None:
    """It failed, and the last line says why, without a traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("install.py: ")
    assert says in lines[0]


# With the real GIMP


class Machine:
    """A machine with GIMP 3 and a user who has downloaded this repository."""

    def __init__(self, place: places.Place) -> None:
        self.place = place
        self.home = "/tmp/colorfix-installer"
        shutil.rmtree(self.path(), ignore_errors=True)
        copy_repository(self.path("repository"))
        self.wheels = {}
        if place.is_a_root:  # where pip has no certificates
            self.wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels(place)}

    def path(self, inside: str = "") -> Path:
        """A path in the user's home folder, as seen from outside."""
        return self.place.outside(f"{self.home}/{inside}")

    @property
    def plug_in(self) -> Path:
        """Where the filter is to be found."""
        return next(iter(self.path(".config/GIMP").glob("3.*"))) / (
            "plug-ins/remove-colored-lighting"
        )

    def install(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Run install.py."""
        script = f"{self.home}/repository/install.py"
        return self.run("python3", script, *arguments, **environment)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """Run something as that user."""
        environment = {"HOME": self.home, **self.wheels, **environment}
        inside = self.place.command(*command, **environment)
        return subprocess.run(inside, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def machine():
    """A machine with GIMP, as the tests before have left it."""
    machine = Machine(places.find())
    yield machine
    shutil.rmtree(machine.path(), ignore_errors=True)


@pytest.fixture
def installed(machine):
    """That machine with the filter installed."""
    if not list(machine.path(".config").rglob("installed-files.json")):
        done = machine.install()
        assert done.returncode == 0, done.stdout + done.stderr
    return machine


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}  # fmt: skip


def test_installed_filter_is_registered_and_usable(installed):
    assert os.access(installed.plug_in / "remove-colored-lighting.py", os.X_OK)
    facts = json.loads((installed.plug_in / "runtime.json").read_text())
    assert installed.place.outside(facts["site_packages"][0]).is_dir()
    done = installed.install("--check")
    assert done.returncode == 0, done.stderr
    assert "registered" in done.stdout


def test_torch_of_the_system_is_used(installed):
    if installed.place.root == Path("/"):
        pytest.skip("this machine's GIMP may come without torch")
    assert not list(installed.path(".local/share/colorfix").rglob("site-packages/torch"))


def test_training_and_caches_are_not_installed(installed):
    assert not (installed.plug_in / "colorfix_core" / "training").exists()


def test_the_command_works_after_installation(installed):
    photo = f"{installed.home}/repository/sample/portrait-magenta-light.jpg"
    done = installed.run(f"{installed.home}/.local/bin/colorfix", "fix", photo,
                         "-o", f"{installed.home}/fixed.png")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Image.open(installed.path("fixed.png")).size == (512, 512)


def test_demo_goes_through_gimp(machine):
    done = machine.install("--demo", f"{machine.home}/demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Found GIMP" in done.stdout
    assert_demo_is_complete(machine.path("demo"))


def test_installing_again_is_quick_and_keeps_what_the_user_put_there(installed):
    (installed.plug_in / "notes.txt").write_text("mine")
    before = time.monotonic()
    assert installed.install().returncode == 0
    assert time.monotonic() - before < 60
    assert (installed.plug_in / "notes.txt").read_text() == "mine"
    (installed.plug_in / "notes.txt").unlink()


def test_failed_update_brings_the_old_filter_back(installed):
    main = installed.path("repository/plug-ins/remove-colored-lighting/remove-colored-lighting.py")
    good, before = main.read_bytes(), contents(installed.plug_in)
    main.write_bytes(b"#!/usr/bin/env python3\nraise RuntimeError('broken')\n")
    done = installed.install()
    main.write_bytes(good)
    assert_one_sentence(done, "did not register")
    assert contents(installed.plug_in) == before
    assert [path.name for path in installed.plug_in.parent.iterdir()] == [installed.plug_in.name]


def test_missing_weights_are_found_out_before_they_are_installed(installed):
    models = installed.path("repository/models")
    before = contents(installed.plug_in)
    models.rename(models.with_name("away"))
    models.mkdir()
    done = installed.install()
    models.rmdir()
    models.with_name("away").rename(models)
    assert_one_sentence(done, "the filter fails in GIMP")
    assert contents(installed.plug_in) == before


def test_a_folder_of_somebody_else_is_left_alone(machine):
    folder = machine.path("other-profile/plug-ins/remove-colored-lighting")
    folder.mkdir(parents=True)
    (folder / "remove-colored-lighting.py").write_text("mine")
    done = machine.install(GIMP3_DIRECTORY=f"{machine.home}/other-profile")
    assert_one_sentence(done, "not made by this installer")
    assert contents(folder) == {"remove-colored-lighting.py": b"mine"}


def test_uninstalling_removes_all_but_what_the_user_put_there(installed):
    (installed.plug_in / "notes.txt").write_text("mine")
    done = installed.install("--uninstall")
    assert done.returncode == 0, done.stderr
    assert "notes.txt" in done.stdout
    assert contents(installed.plug_in) == {"notes.txt": b"mine"}
    assert not installed.path(".local/share/colorfix").exists()
    assert not installed.path(".local/bin/colorfix").exists()
    shutil.rmtree(installed.plug_in)
    assert "Nothing was installed" in installed.install("--uninstall").stdout
    assert_one_sentence(installed.install("--check"), "not installed")


# Without GIMP

GIMP_SAYS = "GNU Image Manipulation Program version"


@pytest.fixture
def install(tmp_path):
    """Run install.py for a user without GIMP, whose home is in tmp_path."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, REPOSITORY / "install.py", *map(str, arguments)],
            cwd=tmp_path, env=_environment(tmp_path, **environment),
            capture_output=True, text=True, timeout=900,
        )  # fmt: skip

    return run


def _environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user without GIMP; pip keeps its downloads between tests."""
    cache = os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
    environment = {**os.environ, "HOME": str(home), "PIP_CACHE_DIR": cache, "PATH": "/nonexistent"}
    environment.pop("XDG_DATA_HOME", None)
    return {**environment, **more}


def assert_demo_is_complete(folder: Path) -> None:
    """The picture, the LUT that made it, and the sheet of both."""
    photo = Image.open(REPOSITORY / "sample" / "portrait-magenta-light.jpg")
    corrected = np.asarray(Image.open(folder / "corrected.png").convert("RGB"))
    lut = Lut3D.load(folder / "correction.cube")
    # JPEG decoders differ by one or two steps, the LUT can stretch that.
    difference = abs(lut.apply(np.asarray(photo)).astype(int) - corrected)
    assert difference.mean() < 0.5
    assert Image.open(folder / "before-after.png").width > 2 * photo.width


def test_demo_without_gimp_needs_nothing_but_python(install, tmp_path):
    done = install("--demo", tmp_path / "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Without GIMP" in done.stdout
    assert_demo_is_complete(tmp_path / "demo")
    assert install("--uninstall").returncode == 0
    assert not (tmp_path / ".local/share/colorfix").exists()


def test_installing_without_gimp_says_so(install, tmp_path):
    assert_one_sentence(install(), "no GIMP 3 was found")
    assert not list(tmp_path.iterdir())


def fake_program(folder: Path, name: str, prints: str) -> dict[str, str]:
    """A program that prints one line, and a PATH with it."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{prints}'\n")
    (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


@pytest.mark.parametrize("version", ["2.10.34", "2.99.18"])
def test_an_old_gimp_is_named(install, tmp_path, version):
    path = fake_program(tmp_path / "bin", "gimp", f"{GIMP_SAYS} {version}")
    assert_one_sentence(install(**path), f"GIMP {version} was found")


def test_a_flatpak_is_explained(install, tmp_path):
    path = fake_program(tmp_path / "bin", "flatpak", "org.gimp.GIMP")
    assert_one_sentence(install(**path), "Flatpak")


def test_a_snap_is_explained(install, tmp_path):
    path = fake_program(tmp_path / "bin", "snap", "snap")
    (tmp_path / "bin" / "gimp").symlink_to("snap")
    assert_one_sentence(install(**path), "Snap")


def test_a_gimp_without_python_is_explained(install, tmp_path):
    path = fake_program(tmp_path / "bin", "gimp-console-3.0", f"{GIMP_SAYS} 3.0.4")
    assert_one_sentence(install(**path), "could not run Python")


def test_a_missing_venv_module_is_explained(install, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "ensurepip.py").write_text("raise ImportError")
    done = install("--demo", tmp_path / "demo", PYTHONPATH=str(broken))
    assert_one_sentence(done, "python3-venv")
    assert not (tmp_path / ".local").exists()


def test_no_network_leaves_nothing_behind(install, tmp_path):
    done = install("--demo", tmp_path / "demo", PIP_NO_INDEX="1", PIP_FIND_LINKS="",
                   PIP_CONFIG_FILE=os.devnull)  # fmt: skip
    assert_one_sentence(done, "network")
    assert not list((tmp_path / ".local/share/colorfix").iterdir())


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
        env=_environment(tmp_path, XDG_DATA_HOME=str(disk)) | {"PATH": os.environ["PATH"]},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert_one_sentence(done, "GB are needed")


def test_interruption_leaves_nothing_behind(tmp_path):
    running = subprocess.Popen(
        [sys.executable, REPOSITORY / "install.py", "--demo", tmp_path / "demo"],
        env=_environment(tmp_path), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
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
    assert not list((tmp_path / ".local/share/colorfix").iterdir())


# With pip


def test_pip_installs_the_command_with_its_weights(tmp_path):
    source = copy_repository(tmp_path / "source")
    (source / "README.md").touch()
    target = tmp_path / "target"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation",
         "--target", target, source],
        check=True,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, target / "bin" / "colorfix", "info"],
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(target / "colorfix_core" / "models") in done.stdout


# The parts


def test_a_killed_run_is_cleared_up(tmp_path):
    target, old = tmp_path / "thing", tmp_path / ".thing-old"
    old.mkdir()
    (old / "a").write_text("old")
    (tmp_path / ".thing-new").mkdir()
    with pytest.raises(RuntimeError), swap.staged(target):
        assert (target / "a").read_text() == "old"
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


@pytest.mark.parametrize(
    ("version", "requirement", "fits"),
    [
        ("2.6.0+debian", "torch>=2.6", True),
        ("2.5.1", "torch>=2.6", False),
        ("2.13.0+cpu", "torch==2.13.0", True),
        ("10.0", "pillow>=9.5", True),
        (None, "tqdm>=4.66", False),
        ("0.41.0", "diffusers==0.40.0", False),
        ("2.0.0rc1", "numpy>=1.26", True),
    ],
)
def test_what_is_there_already_is_compared_by_number(version, requirement, fits):
    assert runtime._satisfies(version, requirement) is fits


def test_every_pin_is_in_the_range_that_the_code_accepts():
    requirements = runtime._pyproject()
    ranges = {runtime._name(item): item for item in requirements["accepted"]}
    pins = {runtime._name(item): item for item in requirements["pinned"]}
    assert pins.keys() == ranges.keys()
    for name, pin in pins.items():
        assert runtime._satisfies(pin.partition("==")[2], ranges[name])


def test_an_older_python_is_told_what_is_needed():
    """The top of install.py has to run where the rest would not."""
    text = (REPOSITORY / "install.py").read_text().replace("< (3, 11)", "< (9, 0)")
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Python 3.11 or later is needed" in done.stderr
