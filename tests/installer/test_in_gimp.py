"""install.py where there is GIMP 3."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.gimp import place as places
from tests.installer.machine import Machine
from tests.installer.user import assert_demo_is_complete, assert_one_sentence, contents


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


def test_installed_filter_is_registered_and_usable(installed):
    assert os.access(installed.plug_in / "remove-colored-lighting.py", os.X_OK)
    facts = json.loads((installed.plug_in / "runtime.json").read_text())
    (runtime,) = facts["runtimes"].values()
    assert installed.place.outside(runtime["site_packages"][0]).is_dir()
    done = installed.install("--check")
    assert done.returncode == 0, done.stderr
    assert "registered" in done.stdout


def test_torch_of_the_system_is_used(installed):
    if installed.place.root == Path("/"):
        pytest.skip("this machine's GIMP may come without torch")
    assert not list(installed.path(".local/share/colorfix").rglob("site-packages/torch"))


def test_training_and_caches_are_not_installed(installed):
    files = contents(installed.plug_in)
    assert not [path for path in files if "colorfix_training" in path or path.startswith("po/")]
    assert not [path for path in files if "/tests/" in path or path.startswith("tests/")]
    assert {"colorfix_core/__init__.py", "models/predictor/config.json"} <= files.keys()


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
