"""Distortions, losses, and every training step once, on small pictures."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from colorfix_core import ColorFixer
from colorfix_core.networks.lattice_fit import fit_lattice
from colorfix_core.networks.predictor import Predictor
from colorfix_core.networks.vae import Vae
from colorfix_training.data.distortions import FAMILIES, TRAINING_MIX, distort
from colorfix_training.data.lights import sample_light
from colorfix_training.data.pool import draw_pixels
from colorfix_training.train_balancer import gaussian_kl
from tests.helpers.paths import REPOSITORY


@pytest.mark.parametrize("family", FAMILIES)
def test_a_distortion_depends_on_its_seed_alone(portrait, family):
    photo = portrait[::4, ::4]
    one, same, other = (distort(photo, np.random.default_rng(s), family) for s in (1, 1, 2))
    assert np.array_equal(one, same)
    assert one.shape == photo.shape and one.dtype == np.uint8
    assert family == "none" or not np.array_equal(one, other)


def test_the_training_mix_adds_up_and_knows_every_family():
    assert sum(TRAINING_MIX.values()) == pytest.approx(1)
    assert set(TRAINING_MIX) == set(FAMILIES)


def test_lights_have_luminance_one_and_no_negative_channel():
    lights = np.stack([sample_light(np.random.default_rng(s)) for s in range(300)])
    assert (lights >= 0).all()
    np.testing.assert_allclose(lights @ [0.2126, 0.7152, 0.0722], 1, atol=1e-6)


def test_the_fresh_predictor_is_close_to_the_identity():
    torch.manual_seed(0)
    colors = torch.rand(2, 100, 3)
    assert (Predictor()(torch.randn(2, 8, 28, 28))(colors) - colors).abs().max() < 0.1


def test_a_lattice_fit_recovers_a_smooth_map():
    source = torch.rand(4000, 3)
    table = fit_lattice(source, 0.1 + source * torch.tensor([0.8, 0.5, 0.7]), smoothness=1e-3)
    np.testing.assert_allclose(table[0, 0, 0], 0.1, atol=0.01)
    np.testing.assert_allclose(table[8, 8, 8], [0.9, 0.6, 0.8], atol=0.01)


def test_the_divergence_agrees_with_torch():
    p, q = torch.randn(2, 3, 8, 4, 4)
    normals = [torch.distributions.Normal(x[:, :4], (x[:, 4:] / 2).exp()) for x in (p, q)]
    expected = torch.distributions.kl_divergence(*normals)
    np.testing.assert_allclose(gaussian_kl(p, q, floor=0), expected, rtol=1e-3, atol=1e-4)


def test_the_vae_keeps_the_color_of_blocks(portrait):
    picture = torch.from_numpy(portrait[::2, ::2][:224, :224].copy()).permute(2, 0, 1)[None] / 255
    vae = Vae.load(REPOSITORY / "models/vae", torch.device("cpu"))
    decoded = vae.decode(vae.encode(picture)[:, :4])
    blocks = [torch.nn.functional.avg_pool2d(p, 8) for p in (decoded, picture)]
    assert (blocks[0] - blocks[1]).abs().mean() < 0.03


@pytest.mark.filterwarnings("ignore:Nothing was found", "ignore:One light was found")
def test_weights_can_be_trained_from_a_folder_of_photos(tmp_path, photos):
    """The guide's commands, for seconds instead of hours, give weights that load."""
    vae, pool, models = tmp_path / "vae", tmp_path / "pool", tmp_path / "models"

    def run(module, *arguments, launcher=()):
        command = ["-m", *launcher, f"colorfix_training.{module}", *map(str, arguments)]
        subprocess.run([sys.executable, *command], cwd=REPOSITORY, check=True)

    short = ("--minutes", "0.05")
    two_processes = ("accelerate.commands.launch", "--cpu", "--num_processes", "2",
                     "--num_machines", "1", "--mixed_precision", "no",
                     "--dynamo_backend", "no", "-m")  # fmt: skip
    run("train_vae", "--images", photos, "--output", vae, *short)
    models.mkdir()
    (vae / "vae").rename(models / "vae")
    common = ("--images", photos, "--pool", pool, "--vae", models / "vae", *short,
              "--student", tmp_path / "student.pt", "--student-steps", "3",
              "--shards", "1", "--fresh", "8", "--batch", "4")  # fmt: skip
    run("train_predictor", *common, "--output", tmp_path / "predictor",
        "--export", models / "predictor", launcher=two_processes)  # fmt: skip
    run("train_balancer", *common, "--output", tmp_path / "balancer",
        "--predictor", tmp_path / "predictor/checkpoint.pt",
        "--export", models / "balancer")  # fmt: skip
    after = ("--predictor", models / "predictor")
    run("train_local", *common, *after, "--output", tmp_path / "local",
        "--export", models / "local")  # fmt: skip
    picture = np.full((30, 30, 3), 90, np.uint8)
    ColorFixer.load("cpu", models).predict_local(picture)
    for method in ("lut", "balancer"):
        ColorFixer.load("cpu", models).predict(picture, method=method)
    assert json.loads((models / "predictor/config.json").read_text())["training"]["steps"] > 0


def test_pixels_of_skin_are_drawn_three_times_as_often():
    picture = np.full((224, 224, 3), (90, 120, 200), np.uint8)
    picture[:, :112] = (224, 172, 145)
    drawn = np.concatenate([draw_pixels(picture, np.random.default_rng(s)) for s in range(40)])
    assert np.mean(drawn % 224 < 112) == pytest.approx(0.75, abs=0.02)
