"""Each cause of a cast does what its physics says."""

import numpy as np
import pytest
import torch

from colorfix_core.color.lab import LUMINANCE, linear_to_srgb, srgb_to_linear
from colorfix_training.data import film_dyes, haze, illuminants, looks, underwater
from colorfix_training.data.cameras import Cameras, encoded_histogram, render
from colorfix_training.data.flat_pictures import bordered, posterized, recompressed, with_lamps


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.fixture
def scene(portrait):
    return srgb_to_linear(torch.from_numpy(portrait[::4, ::4].copy()).float() / 255)


@pytest.fixture
def cameras(tmp_path, rng):
    """Three pictures, two settings: one leaves everything as it is, one halves red."""
    same = np.zeros((9, 3), np.float32)
    same[:3] = np.eye(3)
    red = same * np.array([0.5, 1, 1], np.float32)
    maps = np.stack([np.stack([same, red])] * 3)
    features = rng.random((3, 4)).astype(np.float32)
    np.savez(tmp_path / "renderings.npz", features=features, maps=maps)
    weights, bias = rng.random((10800, 4)) / 100, np.zeros(10800, np.float32)
    np.savez(tmp_path / "encoder.npz", weights=weights.astype(np.float16), bias=bias)
    return Cameras(tmp_path)


def test_a_camera_averages_the_maps_of_its_neighbors(cameras, scene):
    maps = cameras.maps(linear_to_srgb(scene).numpy(), neighbors=2)
    np.testing.assert_allclose(render(np.full((1, 1, 3), 0.8), maps[1])[0, 0], [0.4, 0.8, 0.8])


def test_histograms_are_square_roots_of_shares(scene):
    histogram = encoded_histogram(linear_to_srgb(scene).numpy())
    assert np.square(histogram).reshape(3, -1).sum(1) == pytest.approx(1, abs=1e-5)


def test_a_look_is_its_table(rng):
    axis = torch.linspace(0, 1, 17)
    same = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1)
    picture = torch.rand(5, 4, 3)
    swapped = looks.apply_look(picture, same[..., [0, 2, 1]])
    torch.testing.assert_close(swapped, picture[..., [0, 2, 1]])


def test_looks_are_divided_by_repository(tmp_path):
    for number, name in enumerate([*looks.TRAINED_ON, "small+one", "small+two"]):
        np.savez(tmp_path / f"{name}.npz", luts=np.full((1, 17, 17, 17, 3), number, np.uint16))
    sides = [looks.load_looks(tmp_path, held_out) * 65535 for held_out in (False, True)]
    assert [sorted(set(side.flatten().round().tolist())) for side in sides] == [[0, 1], [2, 3]]


def test_a_white_surface_takes_the_color_of_the_light():
    white = np.array([0.44758, 0.40745])  # illuminant A
    matrix = illuminants.adaptation(white)
    seen = np.array([[0.4123908, 0.3575843, 0.1804808], [0.2126390, 0.7151687, 0.0721923],
                     [0.0193308, 0.1191948, 0.9505322]]) @ matrix @ np.ones(3)  # fmt: skip
    np.testing.assert_allclose(seen[:2] / seen.sum(), white, atol=1e-4)


def test_the_locus_is_yellow_at_2856_and_white_at_6504_kelvin():
    np.testing.assert_allclose(illuminants.black_body(2856), (0.4476, 0.4074), atol=2e-3)
    np.testing.assert_allclose(illuminants.black_body(6504), (0.3135, 0.3237), atol=2e-3)


@pytest.mark.parametrize(
    "spoil", [film_dyes.faded_dyes, haze.veiled, haze.dark, underwater.under_water]
)
def test_a_family_depends_on_its_seed_and_stays_in_range(spoil, scene):
    one, same, other = (spoil(scene, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert one.shape == scene.shape and one.min() >= 0 and one.max() <= 1


def test_dark_pictures_are_dark(scene, rng):
    assert (srgb_to_linear(haze.dark(scene, rng)) @ LUMINANCE).mean() < 0.5 * (
        scene @ LUMINANCE
    ).mean()


def test_a_frame_is_the_same_around_both(portrait, rng):
    one, other = bordered([portrait, 255 - portrait], rng)
    framed = (one == other).all(2).mean()
    assert 0.02 < framed < 0.6


def test_lamps_are_white_in_every_version(portrait, rng):
    one, other = with_lamps([portrait, portrait // 4], rng)
    lamps = (other.min(2) > 200) & (portrait // 4 < 100).all(2)
    assert lamps.any() and (one[lamps].min(1) > 200).all()


def test_drawings_have_few_colors(portrait, rng):
    assert len(np.unique(posterized(portrait, rng).reshape(-1, 3), axis=0)) <= 24


def test_generations_of_jpeg_leave_the_picture_recognizable(portrait, rng):
    for _ in range(5):
        assert np.abs(recompressed(portrait, rng).astype(int) - portrait).mean() < 12
