"""install.py where there is no GIMP, or none that can be used."""

from pathlib import Path

import pytest

from tests.installer.user import assert_demo_is_complete, assert_one_sentence

GIMP_SAYS = "GNU Image Manipulation Program version"


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
    assert_one_sentence(install(**path), f"GIMP {version} has another plug-in interface")


def test_a_snap_is_explained(install, tmp_path):
    path = fake_program(tmp_path / "bin", "snap", "snap")
    (tmp_path / "bin" / "gimp").symlink_to("snap")
    assert_one_sentence(install(**path), "Snap")


def test_a_gimp_without_python_is_explained(install, tmp_path):
    path = fake_program(tmp_path / "bin", "gimp-console-3.0", f"{GIMP_SAYS} 3.0.4")
    assert_one_sentence(install(**path), "lets GIMP run Python is missing")
