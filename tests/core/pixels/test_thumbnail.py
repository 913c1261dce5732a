"""What the networks see of a picture."""

import numpy as np
import pytest

from colorfix_core.errors import ImageError
from colorfix_core.pixels.thumbnail import thumbnail

RNG = np.random.default_rng(5)


def test_a_224_pixel_picture_is_its_own_thumbnail():
    picture = RNG.integers(0, 256, (224, 224, 3), np.uint8)
    np.testing.assert_allclose(thumbnail(picture) * 255, picture, atol=1e-4)


def test_blocks_are_averaged_over_their_area():
    picture = RNG.random((448, 672, 3), np.float32)
    expected = picture.reshape(224, 2, 224, 3, 3).mean((1, 3))
    np.testing.assert_allclose(thumbnail(picture), expected, atol=1e-6)


def test_every_depth_gives_the_same_thumbnail():
    picture = RNG.integers(0, 256, (300, 500, 3), np.uint8)
    for same in (
        picture.astype(np.uint16) * 257,
        picture / 255,
        (picture / 255).astype(np.float16),
    ):
        np.testing.assert_allclose(thumbnail(same), thumbnail(picture), atol=1e-3)


def test_masked_pixels_have_no_influence():
    picture = np.full((300, 400, 3), 100, np.uint8)
    mask = np.zeros((300, 400))
    mask[50:200, 100:300] = 1
    picture[mask == 0] = (255, 0, 0)
    np.testing.assert_allclose(thumbnail(picture, mask) * 255, 100, atol=0.01)


def test_a_ragged_mask_fills_holes_with_the_mean():
    picture = RNG.integers(0, 256, (448, 448, 3), np.uint8)
    mask = np.add.outer(np.arange(448), np.arange(448)) < 500
    picture[~mask] = 0
    seen = thumbnail(picture, mask)
    np.testing.assert_allclose(seen[-1, -1] * 255, picture[mask].mean(0), atol=1)


def test_one_pixel_is_enough():
    assert thumbnail(np.full((1, 1, 3), 51, np.uint8)).mean() == pytest.approx(0.2)


def test_nan_and_infinity_do_not_spread():
    picture = np.full((10, 10, 3), 0.5, np.float32)
    picture[0, 0] = (np.nan, np.inf, -np.inf)
    assert np.isfinite(thumbnail(picture)).all()


def test_an_empty_mask_is_refused_with_a_sentence():
    with pytest.raises(ImageError, match="nothing to look at"):
        thumbnail(np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5)))


@pytest.mark.parametrize("shape", [(5, 5), (5, 5, 4), (0, 5, 3)])
def test_other_shapes_are_named(shape):
    with pytest.raises(ValueError, match="shape"):
        thumbnail(np.zeros(shape, np.uint8))
