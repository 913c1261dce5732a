"""What went wrong is said of the file that it went wrong with."""

import os
import shutil
import subprocess
import sys

import pytest

from colorfix_core import cli
from tests.core.cli.checks import assert_one_sentence
from tests.helpers.paths import REPOSITORY


@pytest.mark.parametrize(
    ("name", "says"),
    [("none-of-that-name", "no such file"), ("*.tiff", "pattern"), ("folder", "is a folder"),
     ("pipe", "no ordinary file"), ("nowhere", "link"), ("x" * 300, "name too long")],
)  # fmt: skip
@pytest.mark.parametrize("output", ["out/", "out.png"])
def test_an_input_that_is_no_file_is_named(colorfix, tmp_path, red_killer, name, says, output):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to("gone.png")
    done = colorfix("apply", red_killer, name, "-o", output)
    assert_one_sentence(done, name)
    assert says.lower() in done.stderr.lower()


@pytest.mark.parametrize("command", ["apply", "fix"])
def test_links_in_a_circle_are_one_sentence(colorfix, tmp_path, photo, red_killer, command):
    (tmp_path / "a.png").symlink_to("b.png")
    (tmp_path / "b.png").symlink_to("a.png")
    first = [command, red_killer] if command == "apply" else [command]
    assert_one_sentence(colorfix(*first, "a.png", "-o", "out.png"), "a.png cannot be read")
    assert_one_sentence(colorfix(*first, photo, "-o", "a.png"), "a.png cannot be written")
    if command == "fix":
        done = colorfix("fix", photo, "-o", "out.png", "--lut", "a.png")
        assert_one_sentence(done, "a.png cannot be written")


def test_a_write_protected_original_stays(tmp_path, photo, red_killer):
    before = photo.read_bytes()
    photo.chmod(0o444)
    tmp_path.chmod(0o777)
    plain = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.getuid() == 0 else []
    if plain and not shutil.which("setpriv"):
        pytest.skip("root cannot be kept from writing here")
    command = [*plain, sys.executable, "-m", "colorfix_core", "apply", str(red_killer),
               str(photo), "-o", str(photo), "--overwrite"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert_one_sentence(done, "write-protected")
    assert photo.read_bytes() == before


def test_a_lut_keeps_the_mode_and_the_link_of_what_it_replaces(colorfix, tmp_path, photo):
    real, link = tmp_path / "real.cube", tmp_path / "look.cube"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    assert colorfix("lut", photo, "-o", link).returncode == 0
    assert link.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert "LUT_3D_SIZE" in real.read_text()


def test_hard_links_are_told_of(colorfix, tmp_path, photo, red_killer):
    os.link(photo, tmp_path / "backup.png")
    before = photo.read_bytes()
    done = colorfix("apply", red_killer, photo, "-o", photo, "--overwrite")
    assert done.returncode == 0 and "hard links" in done.stderr
    assert (tmp_path / "backup.png").read_bytes() == before != photo.read_bytes()


@pytest.mark.parametrize("place", [0, 1, 5])
def test_debug_shows_tracebacks_wherever_it_stands(colorfix, red_killer, place):
    arguments = ["apply", red_killer, "gone.png", "-o", "out.png"]
    done = colorfix(*arguments[:place], "--debug", *arguments[place:])
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert done.stderr.endswith("colorfix: gone.png cannot be read: no such file\n")


def test_the_unforeseen_is_a_sentence(monkeypatch, capsys, tmp_path):
    def fail(*_):
        raise ZeroDivisionError("by 0")

    monkeypatch.setattr("colorfix_core.luts.lut.Lut3D.load", fail)
    out = str(tmp_path / "out.png")
    assert cli.main(["apply", "a.cube", "a.png", "-o", out]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: by 0" in said and "--debug" in said and "Traceback" not in said
    assert cli.main(["apply", "a.cube", "a.png", "-o", out, "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_nothing_is_imported_from_the_current_folder(tmp_path):
    for name in ("numpy", "torch", "PIL", "tqdm"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from here')")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "colorfix_core", "info", "--device", "cpu"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_network_is_needed(tmp_path, photo):
    without = ["unshare", "-rn"]
    try:
        subprocess.run([*without, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no network namespaces here")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    for method in ("lut", "balancer"):
        command = [*without, sys.executable, "-m", "colorfix_core", "fix", str(photo),
                   "-o", f"{method}.png", "--method", method]  # fmt: skip
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"{method}.png").is_file()


def test_too_little_memory_is_not_damage(monkeypatch, capsys, tmp_path, photo, red_killer):
    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr("PIL.Image.Image.convert", fail)
    assert cli.main(["apply", str(red_killer), str(photo), "-o", str(tmp_path / "out.png")]) == 1
    said = capsys.readouterr().err
    assert "memory" in said and "damaged" not in said
