"""The command colorfix, run as a user runs it."""

import os
import pty
import resource
import shutil
import signal
import subprocess
import sys
import termios

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import color

from colorfix_core import ColorFixer, Lut3D
from colorfix_core.pictures import store
from tests.helpers.paths import REPOSITORY

ADOBE = imagecodecs.cms_profile("adobergb")


@pytest.fixture
def photo(tmp_path, sample):
    """The portrait under magenta light, small, as a PNG file in the current folder."""
    path = tmp_path / "photo.png"
    Image.open(sample).resize((96, 96)).save(path)
    return path


@pytest.fixture
def red_killer(tmp_path):
    """A LUT file that halves red."""
    path = tmp_path / "halve-red.cube"
    Lut3D(Lut3D.identity(17).table * np.float32([0.5, 1, 1])).save(path)
    return path


def pixels_of(path) -> np.ndarray:
    return np.asarray(Image.open(path))


def hue_distance(one: np.ndarray, other: np.ndarray) -> float:
    """How far two pictures' colours are apart on average, in CIELAB's a and b."""
    a, b = (color.rgb2lab(picture)[..., 1:] for picture in (one, other))
    return float(np.linalg.norm(a - b, axis=-1).mean())


def assert_one_sentence(done: subprocess.CompletedProcess, says: str, code: int = 1) -> None:
    """It failed, and standard error says why in one line, without a traceback."""
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert says in lines[0]
    assert lines[0].startswith("colorfix")


# What it makes


def test_fix_brings_the_colours_closer_to_the_original(colorfix, tmp_path, sample, portrait):
    done = colorfix("fix", sample, "-o", "fixed.png")
    assert done.returncode == 0, done.stderr
    before = hue_distance(pixels_of(sample), portrait)
    assert hue_distance(pixels_of(tmp_path / "fixed.png"), portrait) < 0.7 * before


def test_the_saved_lut_is_what_was_applied(colorfix, tmp_path, photo):
    assert colorfix("fix", photo, "-o", "fixed.png", "--lut", "look.cube").returncode == 0
    wanted = Lut3D.load(tmp_path / "look.cube").apply(pixels_of(photo))
    # The file's six decimals may turn a value that lies between two integers.
    difference = abs(wanted.astype(int) - pixels_of(tmp_path / "fixed.png"))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.001


def test_apply_equals_the_lut(colorfix, tmp_path, photo, red_killer):
    assert colorfix("apply", red_killer, photo, "-o", "out.png").returncode == 0
    wanted = Lut3D.load(red_killer).apply(pixels_of(photo))
    np.testing.assert_array_equal(pixels_of(tmp_path / "out.png"), wanted)


def test_lut_writes_what_fix_applies(colorfix, tmp_path, photo):
    assert colorfix("lut", photo, "-o", "a.cube").returncode == 0
    assert colorfix("fix", photo, "-o", "fixed.png", "--lut", "b.cube").returncode == 0
    tables = [Lut3D.load(tmp_path / name).table for name in ("a.cube", "b.cube")]
    np.testing.assert_array_equal(*tables)


@pytest.mark.parametrize("size", [17, 65])
def test_lut_has_the_size_asked_for(colorfix, tmp_path, photo, size):
    assert colorfix("lut", photo, "-o", "a.cube", "--size", size).returncode == 0
    assert Lut3D.load(tmp_path / "a.cube").size == size


def test_strength_zero_changes_nothing(colorfix, tmp_path, photo):
    assert colorfix("fix", photo, "-o", "out.png", "--strength", 0).returncode == 0
    np.testing.assert_array_equal(pixels_of(tmp_path / "out.png"), pixels_of(photo))


def test_half_strength_is_half_way(colorfix, tmp_path, photo, red_killer):
    assert colorfix("apply", red_killer, photo, "-o", "o.png", "--strength", 50).returncode == 0
    wanted = Lut3D.load(red_killer).blend(0.5).apply(pixels_of(photo))
    np.testing.assert_array_equal(pixels_of(tmp_path / "o.png"), wanted)


def test_iterations_and_method_are_passed_on(colorfix, tmp_path, photo):
    asked = ("--iterations", 3, "--method", "balancer")
    assert colorfix("lut", photo, "-o", "3.cube", *asked).returncode == 0
    fixer = ColorFixer.load("cpu")
    wanted = fixer.predict(pixels_of(photo), iterations=3, method="balancer").table
    np.testing.assert_allclose(Lut3D.load(tmp_path / "3.cube").table, wanted, atol=1e-5)
    assert abs(fixer.predict(pixels_of(photo)).table - wanted).max() > 1e-3


def test_info_names_versions_device_and_weights(colorfix):
    done = colorfix("info", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    for word in ("colorfix", "Python", "torch", "CPU engine", "device: cpu", "vae: "):
        assert word in done.stdout


# What pictures keep


def test_depth_profile_alpha_and_orientation_survive_fix(colorfix, tmp_path, portrait):
    deep = portrait[::8, ::8].astype(np.uint16) * 257
    fade = np.linspace(0, 65535, 64).astype(np.uint16)
    deep = np.dstack([deep, np.broadcast_to(fade, (64, 64))])[:48]
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="rgb", extrasamples=["unassalpha"],
                     iccprofile=ADOBE, extratags=[(0x0112, "H", 1, 6, True)])  # fmt: skip
    done = colorfix("fix", "a.tif", "-o", "b.tif")
    assert done.returncode == 0, done.stderr
    page = tifffile.TiffFile(tmp_path / "b.tif").pages[0]
    fixed = page.asarray()
    assert fixed.dtype == np.uint16
    assert fixed.shape == (64, 48, 4)
    np.testing.assert_array_equal(fixed[..., 3], np.rot90(deep, -1)[..., 3])
    assert page.iccprofile == ADOBE
    assert page.tags.valueof(0x0112, 1) == 1


def test_16_bit_png_stays_16_bit(colorfix, tmp_path, portrait, red_killer):
    ramp = np.arange(64 * 64 * 3, dtype=np.uint16).reshape(64, 64, 3) * 5
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(ramp))
    assert colorfix("apply", red_killer, "a.png", "-o", "b.png").returncode == 0
    out = imagecodecs.png_decode((tmp_path / "b.png").read_bytes())
    np.testing.assert_array_equal(out, Lut3D.load(red_killer).apply(ramp))
    assert len(np.unique(out)) > 256


def test_hidden_colours_do_not_change_the_prediction(colorfix, tmp_path, photo):
    visible = pixels_of(photo)
    for name, hidden in (("a", 0), ("b", 255)):
        beside = np.full_like(visible, hidden)
        colours = np.hstack([visible, beside])
        alpha = np.hstack([np.full(visible.shape[:2], 255), np.zeros(visible.shape[:2])])
        Image.fromarray(np.dstack([colours, alpha.astype(np.uint8)])).save(tmp_path / f"{name}.png")
        assert colorfix("lut", f"{name}.png", "-o", f"{name}.cube").returncode == 0
    tables = [Lut3D.load(tmp_path / f"{name}.cube").table for name in "ab"]
    np.testing.assert_allclose(*tables, atol=2e-6)


# Many pictures


def test_many_pictures_go_to_a_folder(colorfix, tmp_path, photo):
    shutil.copy(photo, tmp_path / "other.png")
    done = colorfix("fix", photo, "other.png", "-o", "out", "--lut", "luts")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"photo.png", "other.png"}
    assert {path.name for path in (tmp_path / "luts").iterdir()} == {"photo.cube", "other.cube"}
    assert done.stdout.splitlines() == ["out/photo.png", "out/other.png"]


def test_a_bad_picture_does_not_stop_the_others(colorfix, tmp_path, photo, red_killer):
    (tmp_path / "bad.png").write_text("not a picture")
    done = colorfix("apply", red_killer, "bad.png", "gone.jpg", photo, "-o", "out")
    assert done.returncode == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["photo.png"]
    assert "bad.png is not" in done.stderr
    assert "gone.jpg cannot be read" in done.stderr
    assert "2 of 3 pictures failed" in done.stderr
    assert "Traceback" not in done.stderr


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


def test_one_picture_into_an_existing_folder(colorfix, tmp_path, photo, red_killer):
    (tmp_path / "out").mkdir()
    assert colorfix("apply", red_killer, photo, "-o", "out").returncode == 0
    assert (tmp_path / "out" / "photo.png").exists()


# What must not be overwritten


@pytest.mark.parametrize("link", [None, os.link, os.symlink])
def test_the_input_is_not_overwritten(colorfix, tmp_path, photo, red_killer, link):
    before = photo.read_bytes()
    target = tmp_path / "target.png" if link else photo
    if link:
        link(photo, target)
    done = colorfix("apply", red_killer, photo, "-o", target)
    assert_one_sentence(done, "would be overwritten", 2)
    assert photo.read_bytes() == before


def test_the_input_is_overwritten_if_that_is_asked_for(colorfix, tmp_path, photo, red_killer):
    before = pixels_of(photo)
    done = colorfix("apply", red_killer, photo, "-o", photo, "--overwrite")
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(pixels_of(photo), Lut3D.load(red_killer).apply(before))


def test_the_lut_does_not_overwrite_the_picture(colorfix, photo):
    before = photo.read_bytes()
    assert_one_sentence(colorfix("lut", photo, "-o", photo), "would be overwritten", 2)
    done = colorfix("fix", photo, "-o", "b.png", "--lut", photo)
    assert_one_sentence(done, "would be overwritten", 2)
    assert photo.read_bytes() == before


def test_two_pictures_of_one_name_are_refused(colorfix, tmp_path, photo, red_killer):
    (tmp_path / "sub").mkdir()
    shutil.copy(photo, tmp_path / "sub")
    done = colorfix("apply", red_killer, photo, "sub/photo.png", "-o", "out")
    assert_one_sentence(done, "would both become", 2)
    assert not (tmp_path / "out").exists()


def test_several_pictures_do_not_fit_into_one_file(colorfix, tmp_path, photo, red_killer):
    done = colorfix("apply", red_killer, photo, "other.png", "-o", "out.png")
    assert_one_sentence(done, "folder", 2)


# What goes wrong


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fix"],
        ["fix", "a.png"],
        ["fix", "a.png", "-o", "b.png", "--strength", "101"],
        ["fix", "a.png", "-o", "b.png", "--strength", "nan"],
        ["fix", "a.png", "-o", "b.png", "--iterations", "0"],
        ["fix", "a.png", "-o", "b.png", "--method", "magic"],
        ["lut", "a.png", "-o", "b.cube", "--size", "18"],
        ["melt", "a.png"],
    ],
)
def test_wrong_usage_is_exit_code_2(colorfix, arguments):
    done = colorfix(*arguments)
    assert done.returncode == 2
    assert "error" in done.stderr


def test_a_lut_file_that_is_none_is_refused(colorfix, tmp_path, photo):
    (tmp_path / "bad.cube").write_text("LUT_3D_SIZE 2\n0 0 zero\n")
    done = colorfix("apply", "bad.cube", photo, "-o", "out.png")
    assert_one_sentence(done, "bad.cube")
    assert not (tmp_path / "out.png").exists()


def test_an_unknown_output_format_is_refused(colorfix, photo, red_killer):
    assert_one_sentence(colorfix("apply", red_killer, photo, "-o", "out.xcf"), "extension")


def test_an_unwritable_folder_is_named(colorfix, photo, red_killer):
    done = colorfix("apply", red_killer, photo, "-o", "/proc/out.png")
    assert_one_sentence(done, "/proc/out.png cannot be written")


def test_a_folder_that_does_not_exist_is_named(colorfix, photo, red_killer):
    done = colorfix("apply", red_killer, photo, "-o", "nowhere/out.png")
    assert_one_sentence(done, "nowhere/out.png cannot be written")


def _little_space():
    """Let no file grow beyond 100 kB: what a full disk does, for a LUT of 900 kB."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_no_space_for_the_lut_leaves_nothing(colorfix, tmp_path, photo):
    before = set(tmp_path.iterdir())
    done = colorfix("fix", photo, "-o", "out.png", "--lut", "a.cube", preexec_fn=_little_space)
    assert_one_sentence(done, "a.cube cannot be written")
    assert set(tmp_path.iterdir()) == before


def test_no_space_for_the_picture_leaves_nothing(colorfix, tmp_path, sample, red_killer):
    before = set(tmp_path.iterdir())
    done = colorfix("apply", red_killer, sample, "-o", "out.png", preexec_fn=_little_space)
    assert_one_sentence(done, "out.png cannot be written")
    assert set(tmp_path.iterdir()) == before


def test_one_pixel_can_be_corrected(colorfix, tmp_path):
    Image.new("RGB", (1, 1), (200, 60, 150)).save(tmp_path / "dot.png")
    done = colorfix("fix", "dot.png", "-o", "out.png")
    assert done.returncode == 0, done.stderr
    assert pixels_of(tmp_path / "out.png").shape == (1, 1, 3)


def test_a_fully_transparent_picture_is_refused(colorfix, tmp_path):
    Image.new("RGBA", (20, 20), (200, 60, 150, 0)).save(tmp_path / "a.png")
    assert_one_sentence(colorfix("fix", "a.png", "-o", "out.png"), "transparent")
    assert not (tmp_path / "out.png").exists()


def test_a_missing_graphics_card_is_said(colorfix, photo):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    done = colorfix("fix", photo, "-o", "out.png", "--device", "cuda")
    assert_one_sentence(done, "cuda")


@pytest.fixture
def core(tmp_path):
    """A copy of the core and its weights that may be damaged."""
    folder = tmp_path / "copy"
    unwanted = shutil.ignore_patterns("training", "__pycache__")
    shutil.copytree(REPOSITORY / "colorfix_core", folder / "colorfix_core", ignore=unwanted)
    shutil.copytree(REPOSITORY / "models", folder / "models")
    return folder


@pytest.mark.parametrize("command", ["fix", "info"])
def test_missing_weights_are_one_sentence(colorfix, tmp_path, photo, core, command):
    shutil.rmtree(core / "models")
    arguments = [photo, "-o", "out.png"] if command == "fix" else []
    assert_one_sentence(colorfix(command, *arguments, core=core), "missing")
    assert not (tmp_path / "out.png").exists()


def test_damaged_weights_are_one_sentence(colorfix, tmp_path, photo, core):
    weights = core / "models" / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert_one_sentence(colorfix("fix", photo, "-o", "out.png", core=core), "cannot be read")
    assert not (tmp_path / "out.png").exists()


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


def test_corrected_picture_is_read_like_the_input(colorfix, tmp_path, sample):
    """The whole way through a JPEG: what is read of the result is what was written."""
    assert colorfix("fix", sample, "-o", "fixed.jpg").returncode == 0
    assert store.read(tmp_path / "fixed.jpg").pixels.shape == store.read(sample).pixels.shape


def test_no_lut_is_overwritten_by_a_picture(colorfix, tmp_path, photo):
    Lut3D.identity(4).save(tmp_path / "hald.png")
    before = (tmp_path / "hald.png").read_bytes()
    done = colorfix("apply", "hald.png", photo, "-o", "hald.png", "--overwrite")
    assert_one_sentence(done, "would be overwritten", code=2)
    assert (tmp_path / "hald.png").read_bytes() == before
    done = colorfix("fix", photo, "-o", "c.png", "--lut", "c.png")
    assert_one_sentence(done, "both the picture and its LUT", code=2)


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
