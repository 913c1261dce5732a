"""The generators of the benchmark keep what they promise."""

import numpy as np
import pytest
import torch

from colorfix_core.color.lab import LUMINANCE, linear_to_srgb, srgb_to_linear
from colorfix_training.evaluation import unseen_cases
from colorfix_training.evaluation.wb_luts import WbLuts

LIGHTS = [unseen_cases.illuminant, unseen_cases.gel]


@pytest.fixture
def scene(portrait):
    return srgb_to_linear(torch.from_numpy(portrait[::4, ::4].copy()).float() / 255) * 0.5


@pytest.mark.parametrize("light", LIGHTS)
def test_a_light_keeps_the_exposure(light, scene):
    for seed in range(6):
        lit = srgb_to_linear(light(scene, np.random.default_rng(seed)))
        ratio = (lit @ LUMINANCE).mean() / (scene @ LUMINANCE).mean()
        assert ratio == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("film", [unseen_cases.side_absorptions, unseen_cases.scanned_dyes])
def test_film_turns_red_when_cyan_fades(film):
    gray, rng = torch.full((8, 8, 3), 0.2), np.random.default_rng(0)
    faded = torch.stack([film(gray, rng).mean((0, 1)) for _ in range(9)])
    assert (faded[:, 0] > faded[:, 1]).all()


def test_the_longer_a_dye_fades_the_lighter_is_the_film(scene):
    class Rng:
        """Fades by a given number of years and nothing else."""

        def __init__(self, years):
            self._years = years

        def normal(self, mean, _):
            return np.asarray(mean)

        def uniform(self, low, high):
            return self._years if low == 0.3 else np.array(low) if np.ndim(low) else 0.0

    fresh, old = (unseen_cases.scanned_dyes(scene, Rng(years)) for years in (0.0, 1.0))
    plain = linear_to_srgb(scene.clamp_min(10**-2.4))
    assert (fresh - plain).abs().max() < 1e-4
    assert (old >= fresh - 1e-4).all() and (old - fresh).mean() > 0.02


def test_the_peer_mixes_its_luts(tmp_path, portrait):
    axis = np.linspace(0, 1, 33, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    luts = np.zeros((3, 3, 33, 33, 33), np.float32)
    luts[0] = red, green, blue
    sides = [3, 16, 32, 64, 128, 128]
    arrays = {"luts": luts, "head_weight": np.zeros((3, 128, 8, 8), np.float32)}
    arrays["head_bias"] = np.array([0.5, 0, 0], np.float32)
    for i, (have, want) in enumerate(zip(sides, sides[1:], strict=False), 1):
        arrays[f"conv{i}_weight"] = np.zeros((want, have, 3, 3), np.float32)
        arrays[f"conv{i}_bias"] = np.zeros(want, np.float32)
        arrays[f"norm{i}_weight"] = arrays[f"norm{i}_bias"] = np.zeros(want, np.float32)
    np.savez(tmp_path / "peer.npz", **arrays)
    halved = WbLuts(tmp_path / "peer.npz")(portrait)
    assert np.abs(halved.astype(int) - portrait / 2).max() <= 1
