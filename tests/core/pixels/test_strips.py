"""What is made of pixels strip by strip: thumbnails, weights, views, and what stays exact."""

import numpy as np
import pytest

from colorfix_core.pixels.depths import full
from colorfix_core.pixels.exact import correct_visible, put_back
from colorfix_core.pixels.thumbnail import ThumbnailBuilder, thumbnail
from colorfix_core.pixels.views import View, eight_bit, on_checks, resized, shrink
from colorfix_core.pixels.weights import Bounds, counting

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("size", [(224, 224), (300, 500), (1000, 777), (90, 2000)])
def test_thumbnail_from_strips_is_that_of_the_whole(size, weighted):
    pixels = RNG.random((*size, 4), np.float32)
    weights = RNG.random(size, np.float32) * (RNG.random(size) > 0.5) if weighted else None
    builder = ThumbnailBuilder(*size)
    for top in range(0, size[0], 37):
        rows = slice(top, top + 37)
        builder.add(top, pixels[rows], None if weights is None else weights[rows])
    small = builder.result()
    expected = thumbnail(pixels[..., :3], weights)
    assert np.abs(thumbnail(small.picture, small.weights) - expected).max() < 1e-5


def test_numbers_that_mean_1():
    assert [full(dtype) for dtype in ("u1", "u2", "f2", "f4")] == [255, 65535, 1, 1]


def test_selected_and_visible_pixels_count():
    chosen, alpha = np.array([[1, 0.5, 0]], np.float32), np.array([[0, 9, 9]], np.uint8)
    np.testing.assert_array_equal(counting(chosen, alpha), [[0, 0.5, 0]])
    assert counting(None, None) is None
    assert counting(None, np.ones((1, 3))) is None


def test_bounds_hold_every_pixel_that_counts():
    weights = np.zeros((40, 50), np.float32)
    weights[7:31, 12] = weights[20, 12:33] = 0.1
    bounds = Bounds(40, 50)
    for top in range(0, 40, 16):
        strip = weights[top : top + 16]
        bounds.add(top, len(strip), strip)
    assert bounds.box() == (slice(7, 31), slice(12, 33))
    assert Bounds(4, 5).box() is None


def test_colors_under_zero_alpha_stay():
    pixels = RNG.integers(0, 256, (5, 6, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[2, 3, 3] = 0
    corrected, has_hidden = correct_visible(lambda p: p ^ 15, pixels)
    assert has_hidden
    np.testing.assert_array_equal(corrected[2, 3], pixels[2, 3])
    np.testing.assert_array_equal(corrected[0], pixels[0] ^ 15)


def test_alpha_and_unselected_pixels_are_put_back():
    before = RNG.random((4, 6, 4))
    merged, chosen = before + 0.1, np.ones((4, 6))
    chosen[1] = 0
    put_back(merged, before, chosen, has_alpha=True)
    np.testing.assert_array_equal(merged[1], before[1])
    np.testing.assert_array_equal(merged[..., 3], before[..., 3])
    np.testing.assert_array_equal(merged[0, :, :3], before[0, :, :3] + 0.1)


def test_a_view_is_corrected_inside_the_selection():
    view = View(np.full((1, 3, 4), 100, np.uint8), np.array([[0, 0.5, 1]], np.float32))
    seen = view.corrected(lambda pixels: pixels + 100)
    np.testing.assert_array_equal(seen[0, :, 0], [100, 150, 200])


def test_a_view_of_floats_is_corrected_as_they_are():
    pixels = np.array([[[-0.02, 1.5, 0.5], [0.2, 0.3, 0.4]]], np.float32)
    view = View.of(pixels, 1)
    seen = view.corrected(lambda colors: colors * np.float32([0.5, 0.5, 0.5, 1]))
    np.testing.assert_array_equal(view.pixels[0, 0], [0, 255, 128, 255])
    np.testing.assert_array_equal(seen[0, 0], [0, 191, 64, 255])


def test_views_are_enlarged_and_resized():
    view = View.of(np.array([[[0.0, 0.5, 1]], [[1, 0.5, 0]]], np.float32), 1)
    assert view.enlarged(3).colors.shape == view.enlarged(3).pixels.shape == (6, 3, 4)
    np.testing.assert_allclose(resized(view.colors, 1, 1)[0, 0], [0.5, 0.5, 0.5, 1], atol=1e-6)


def test_a_pixel_that_is_no_number_counts_for_nothing():
    pixels = np.full((4, 4, 3), 0.5, np.float32)
    pixels[1, 1, 0] = np.nan
    builder = ThumbnailBuilder(4, 4)
    builder.add(0, pixels)
    seen = builder.result()
    assert seen.damaged == 1 and seen.weights[1, 1] == 0 and np.isfinite(seen.picture).all()


def test_views_have_8_bits_and_alpha():
    pixels = np.array([[[0, 0.5, 7], [np.nan, -1, 1]]], np.float32)
    np.testing.assert_array_equal(eight_bit(pixels, 1), [[[0, 128, 255, 255], [0, 0, 255, 255]]])


def test_shrinking_averages_blocks():
    values = RNG.random((7, 9, 3), np.float32)
    expected = values[:6, :8].reshape(3, 2, 4, 2, 3).mean((1, 3))
    np.testing.assert_allclose(shrink(values, 2), expected, atol=1e-6)
    assert shrink(values, 1) is values


def test_transparency_shows_the_checkerboard():
    clear = np.zeros((20, 20, 4), np.uint8)
    assert sorted(set(on_checks(clear).flat)) == [102, 153]
