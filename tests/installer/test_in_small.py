"""The whole way of an installation, with GIMPs that only answer and packages of a few bytes."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from installer import plug_in
from tests.installer.small import TAG
from tests.installer.user import assert_one_sentence, contents


def test_one_gimp_is_served_without_naming_it(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    done = small.install()
    assert done.returncode == 0, done.stderr
    assert small.small_in("3.0") == "1.0"
    assert not (small.data / "downloads").exists()


def test_size_and_time_are_told_before(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    said = small.install().stdout
    told = said.index("on disk, about")
    assert told < said.index("Making a Python environment")


def test_several_gimps_are_listed_and_none_is_guessed(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    small.add_gimp("gimp-console-3.2", "3.2.6")
    assert_one_sentence(small.install(), "--gimp NUMBER")
    assert "3.2.6" in small.install("--list").stdout
    assert not (small.home / ".config").exists()


def test_the_one_that_is_named_is_served(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    small.add_gimp("gimp-console-3.2", "3.2.6")
    assert small.install("--gimp", "3.2").returncode == 0
    assert small.plug_in("3.2").exists()
    assert not small.plug_in("3.0").exists()


def test_a_flatpak_and_a_package_share_a_folder_but_not_a_runtime(small):
    small.add_gimp("gimp-console-3.2", "3.2.6")
    small.add_flatpak()
    done = small.install("--gimp", "all", "--python", os.path.realpath("/usr/bin/env"))
    assert_one_sentence(done, "/env")
    done = small.install("--gimp", "all", "--python", sys.executable)
    assert done.returncode == 0, done.stderr
    facts = json.loads((small.plug_in("3.2") / "runtime.json").read_text())["runtimes"]
    assert facts.keys() == {TAG, f"{TAG}-flatpak"}
    assert facts[TAG]["python"] != facts[f"{TAG}-flatpak"]["python"]


def test_a_copied_profile_is_found_stale_and_renewed(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    assert small.install().returncode == 0
    (small.programs / "gimp-console-3.0").unlink()
    small.add_gimp("gimp-console-3.2", "3.2.6", "cpython-399")
    shutil.copytree(small.home / ".config/GIMP/3.0", small.home / ".config/GIMP/3.2")
    assert_one_sentence(small.install("--check"), "run install.py again")
    small.add_gimp("gimp-console-3.2", "3.2.6")
    done = small.install("--upgrade")
    assert done.returncode == 0, done.stderr
    assert small.small_in("3.2") == "1.0"
    assert small.install("--uninstall").returncode == 0
    assert not contents(small.home)


def test_upgrade_renews_the_packages(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    assert_one_sentence(small.install("--upgrade"), "not installed in any GIMP")
    assert small.install().returncode == 0
    small.release("2.0")
    assert small.install("--upgrade").returncode == 0
    assert small.small_in("3.0") == "2.0"


def test_dry_run_changes_nothing(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    done = small.install("--dry-run")
    assert done.returncode == 0, done.stderr
    assert "on disk" in done.stdout
    assert not list(small.home.iterdir())


def test_check_speaks_json(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    failed = small.install("--check", "--json")
    assert failed.returncode == 1
    assert "not installed" in json.loads(failed.stdout)["gimps"][0]["error"]
    assert small.install().returncode == 0
    facts = json.loads(small.install("--check", "--json").stdout)
    assert facts["gimps"][0]["error"] is None
    assert facts["gimps"][0]["engine"] == "in-process"
    assert facts["command"].endswith("/.local/bin/colorfix")


def test_a_package_with_another_hash_is_refused(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    with zipfile.ZipFile(small.wheels / "small-1.0-py3-none-any.whl", "a") as wheel:
        wheel.writestr("more.py", "")
    assert_one_sentence(small.install(), "not the file that this version was made with")
    assert not list(small.data.glob("runtime-*"))
    assert not (small.home / ".config").exists()


def test_another_uv_is_refused(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    uv = next(small.wheels.glob("uv-*.whl"))
    text = uv.read_bytes()
    uv.unlink()
    uv.write_bytes(text + b"more")
    assert_one_sentence(small.install(), "not the file that this version was made with")


def test_the_command_stands_where_it_is_said(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    said = small.install(SHELL="/bin/bash").stdout
    command = small.home / ".local/bin/colorfix"
    assert f"The command line: {command}" in said
    line = next(line for line in said.splitlines() if line.startswith("To call it"))
    shell = line.partition(": ")[2]
    subprocess.run(["/bin/sh", "-c", shell], env={"HOME": str(small.home)}, check=True)
    found = subprocess.run(
        ["/bin/bash", "--noprofile", "--rcfile", small.home / ".bashrc", "-ic", "type -p colorfix"],
        env=small.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert found.stdout.strip() == str(command)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_home_that_cannot_be_written_is_named(small):
    small.add_gimp("gimp-console-3.0", "3.0.4")
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    done = subprocess.run(
        ["/usr/bin/unshare", "--mount", "/bin/bash", "-c", script, small.home, *small.command()],
        env=small.environment | {"PATH": f"{small.programs}:/usr/bin:/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert_one_sentence(done, "Read-only file system")


@pytest.mark.skipif(os.geteuid() != 0, reason="making a small disk needs root")
@pytest.mark.parametrize("megabytes", [8, 40, 43])
def test_a_disk_that_fills_meanwhile_leaves_nothing_half(small, megabytes):
    """The check before is passed: what fills the disk comes while uv writes."""
    small.add_gimp("gimp-console-3.0", "3.0.4")
    space = small.source / "installer/space.py"
    space.write_text(space.read_text().replace("if free < needed", "if False"))
    script = (
        'mount -t tmpfs -o "size=$1m" none "$0" && shift && "$@"; rc=$?; find "$0" >&2; exit $rc'
    )
    done = subprocess.run(
        ["/usr/bin/unshare", "--mount", "/bin/bash", "-c", script, small.home, str(megabytes),
         *small.command()],
        env=small.environment | {"PATH": f"{small.programs}:/usr/bin:/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    sentence, *left = done.stderr.splitlines()
    assert done.returncode == 1
    assert "full" in sentence or "No space left" in sentence
    assert not [path for path in left if "runtime-" in path or "plug-ins/" in path]


def test_a_release_that_was_unpacked_is_adopted_and_removed(small):
    small.add_gimp("gimp-console-3.2", "3.2.6")
    folder = small.plug_in("3.2")
    plug_in.lay_out(folder)
    plug_in.list_files(folder)
    assert_one_sentence(small.install("--check"), "not installed")
    done = small.install()
    assert done.returncode == 0, done.stderr
    assert small.small_in("3.2") == "1.0"
    assert small.install("--uninstall").returncode == 0
    assert not folder.exists()


def test_settings_and_runtimes_may_lie_on_two_devices(small, tmp_path):
    """Nothing is moved from one to the other."""
    if os.stat("/dev/shm").st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("needs a second file system")
    small.add_gimp("gimp-console-3.2", "3.2.6")
    other = Path(tempfile.mkdtemp(dir="/dev/shm"))
    try:
        done = small.install(XDG_DATA_HOME=str(other / "Daten"))
        assert done.returncode == 0, done.stderr
        assert small.small_in("3.2") == "1.0"
        assert small.install("--upgrade", XDG_DATA_HOME=str(other / "Daten")).returncode == 0
        assert small.install("--uninstall", XDG_DATA_HOME=str(other / "Daten")).returncode == 0
        assert not [path for path in other.rglob("*") if path.is_file()]
    finally:
        shutil.rmtree(other)


def test_a_changed_python_is_told_and_served(small):
    """What a Flatpak's runtime does to an installed filter."""
    small.add_gimp("gimp-console-3.2", "3.2.6")
    assert small.install().returncode == 0
    small.add_gimp("gimp-console-3.2", "3.2.6", tag="cpython-39")
    assert_one_sentence(small.install("--check"), "installed for another GIMP's Python")
    assert small.install("--upgrade").returncode == 0
    assert small.install("--check").returncode == 0


@pytest.mark.parametrize("platform", ["mingw_x86_64_msvcrt_gnu", "macosx-11.0-arm64"])
def test_a_python_that_loads_no_packages_gets_a_helper(small, platform):
    """GIMP's own on Windows and macOS; the helper's may be of another version."""
    small.add_gimp("gimp-console-3.2", "3.2.6", tag="cpython-39", platform=platform)
    done = small.install("--python", sys.executable)
    assert done.returncode == 0, done.stderr
    facts = json.loads((small.plug_in("3.2") / "runtime.json").read_text())["runtimes"]
    assert facts["cpython-39"]["engine"] == "helper"
    checked = json.loads(small.install("--check", "--json").stdout)
    assert checked["gimps"][0]["engine"] == "helper"
