"""What goes wrong is said in one sentence, and leaves nothing behind."""

import pickle
import resource
import shutil
import signal
from pathlib import Path

import pytest
from PIL import Image

from tests.core.cli.checks import assert_one_sentence, pixels_of
from tests.helpers.paths import REPOSITORY


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fix"],
        ["fix", "a.png"],
        ["fix", "a.png", "-o", "b.png", "--strength", "201"],
        ["fix", "a.png", "-o", "b.png", "--strength", "nan"],
        ["fix", "a.png", "-o", "b.png", "--iterations", "0"],
        ["fix", "a.png", "-o", "b.png", "--thoroughness", "1.5"],
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


class Harmful:
    """A pickle that leaves a mark when it is read."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("name", ["vae/diffusion_pytorch_model", "predictor/model"])
@pytest.mark.parametrize("ending", [".safetensors", ".bin"])
def test_a_pickle_in_place_of_weights_is_refused_unread(
    colorfix, tmp_path, photo, core, name, ending
):
    weights = core / "models" / f"{name}.safetensors"
    weights.unlink()
    weights.with_suffix(ending).write_bytes(pickle.dumps(Harmful(tmp_path / "mark")))
    done = colorfix("fix", photo, "-o", "out.png", core=core)
    assert_one_sentence(done, "run the installer again")
    assert not (tmp_path / "mark").exists() and not (tmp_path / "out.png").exists()
