"""Black and white where there is no color to recover."""

import numpy as np
import pytest

from colorfix_core.black_and_white import black_and_white, holds_no_color


@pytest.fixture
def picture(portrait):
    return portrait[::4, ::4] / np.float32(255)


def test_one_lit_channel_holds_no_color(picture):
    assert not holds_no_color(picture)
    assert not holds_no_color(picture * np.float32([1, 0.5, 0.4]))
    for channel in np.eye(3, dtype=np.float32):
        assert holds_no_color(picture * channel)


def test_the_result_is_gray_and_shows_the_lit_channel(picture):
    red = picture * np.float32([1, 0, 0])
    gray = black_and_white(red, 33).apply(red)
    np.testing.assert_allclose(gray, np.repeat(red[..., :1], 3, -1), atol=5e-3)


def test_a_blown_channel_does_not_count():
    ramp = np.linspace(0.1, 0.6, 64, dtype=np.float32)
    picture = np.zeros((64, 64, 3), np.float32)
    picture[..., 0], picture[..., 2] = 1.0, ramp
    gray = black_and_white(picture, 33).apply(picture)
    np.testing.assert_allclose(gray[0, :, 0], ramp, atol=5e-3)


def test_a_picture_without_detail_is_mixed_evenly():
    flat = np.full((8, 8, 3), 0.5, np.float32)
    np.testing.assert_allclose(black_and_white(flat, 17).apply(flat), 0.5, atol=2e-3)
