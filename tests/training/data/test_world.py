"""What is wanted of a spoiled picture."""

import numpy as np
import pytest
import torch
from PIL import Image

from colorfix_core.color.lab import LUMINANCE, srgb_to_linear
from colorfix_training.data import looks
from colorfix_training.data.world import MIX, World, weight


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Photos, cameras, looks and pairs under water, all made up."""
    rng, root = np.random.default_rng(0), tmp_path_factory.mktemp("world")
    for name in ("photos", "water", "looks", "cameras"):
        (root / name).mkdir()
    for name in ("photos/a", "photos/b", "water/x_input", "water/x_reference", "water/y_input",
                 "water/y_reference"):  # fmt: skip
        small = Image.fromarray(rng.integers(60, 190, (6, 6, 3), np.uint8))
        small.resize((120, 100), Image.Resampling.BICUBIC).save(root / f"{name}.jpg")
    for name in looks.TRAINED_ON:
        tables = rng.integers(0, 65535, (1, 17, 17, 17, 3)).astype(np.uint16)
        np.savez(root / "looks" / f"{name}.npz", luts=tables)
    maps = np.tile(np.eye(9, 3, dtype=np.float32) * 0.8, (30, 2, 1, 1))
    np.savez(root / "cameras/renderings.npz", features=np.zeros((30, 4)), maps=maps)
    np.savez(root / "cameras/encoder.npz", weights=np.zeros((10800, 4)), bias=np.zeros(10800))
    return root


@pytest.fixture(scope="module")
def world(folders):
    return World(*(folders / name for name in ("photos", "cameras", "looks", "water")))


def luminance(picture):
    return float((srgb_to_linear(torch.from_numpy(picture).float() / 255) @ LUMINANCE).mean())


@pytest.mark.parametrize("family", MIX)
def test_every_family_gives_a_pair(world, family):
    sample = world.draw(np.random.default_rng(5), 56, family)
    assert sample.spoiled.shape == sample.target.shape == (56, 56, 3)
    assert sample.family == family and 0 <= sample.thoroughness <= 1


@pytest.mark.parametrize("family", ["light", "camera", "illuminant", "golden_hour"])
def test_the_exposure_is_that_of_the_spoiled_picture(world, family):
    for seed in range(5):
        sample = world.draw(np.random.default_rng(seed), 56, family)
        ratio = luminance(sample.target) / luminance(sample.spoiled)
        assert ratio == pytest.approx(1, abs=0.12)


def test_a_thorough_wish_gives_no_weight_to_good_photos():
    assert weight("none", 1.0) == 0 < weight("none", 0.5) < weight("none", 0.0)


def test_a_careful_wish_leaves_the_golden_hour(world):
    samples = [world.draw(np.random.default_rng(seed), 56, "golden_hour") for seed in range(40)]
    moved = [(s.thoroughness, np.abs(s.spoiled.astype(int) - s.target).mean()) for s in samples]
    careful = [change for wish, change in moved if wish < 0.25]
    others = [change for wish, change in moved if wish >= 0.5]
    assert np.mean(careful) < 0.6 * np.mean(others)
