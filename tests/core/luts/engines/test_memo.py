"""Remembered colours: the same numbers, and only where it pays."""

import numpy as np
import pytest

from colorfix_core.luts import apply
from colorfix_core.luts.engines.cpu import Cpu
from tests.helpers.lut_examples import (
    LAYOUTS,
    changed,
    picture,
    rough_lut,
    smooth_lut,
)


@pytest.fixture
def remembering(kernels):
    """An engine that remembers the colors of the smallest picture."""
    return Cpu(changed(kernels, MEMO_PIXELS=1))


@pytest.mark.parametrize("channels", [3, 4])
def test_remembered_colors_are_the_computed_ones(correct, remembering, channels):
    image = picture("uint8", channels, (401, 307))
    expected = correct(smooth_lut(), image)
    lut = smooth_lut()
    assert np.array_equal(apply.apply(lut, image, engine=remembering), expected)  # all computed
    assert np.array_equal(apply.apply(lut, image, engine=remembering), expected)  # some remembered
    image[..., 3:] = 255
    again = apply.apply(lut, image, engine=remembering)
    assert np.array_equal(again[..., :3], expected[..., :3])
    apply.apply(lut, image, out=image, engine=remembering)
    assert np.array_equal(image[..., :3], expected[..., :3])


@pytest.mark.parametrize("layout", [LAYOUTS["turned"], LAYOUTS["one row of pixels"], np.copy])
@pytest.mark.parametrize("channels", [3, 4])
def test_colors_computed_beforehand_are_the_same(correct, remembering, channels, layout):
    image = layout(100 + picture("uint8", channels, (530, 500)) % 7)
    image[5:8] = picture("uint8", channels, image[5:8].shape[:-1])  # what the survey does not see
    image[..., 3:] = 255
    expected = correct(smooth_lut(), image)
    lut = smooth_lut()
    memo = remembering.memo_of(lut)
    assert memo.missing_cells(image)
    assert np.array_equal(apply.apply(lut, image, engine=remembering), expected)
    assert not memo.missing_cells(image)


def test_noise_is_computed_not_remembered(remembering):
    lut, image = smooth_lut(), picture("uint8", 3, (2100, 2100))
    result = apply.apply(lut, image, engine=remembering)
    assert not remembering.memo_of(lut).pays
    assert np.array_equal(apply.apply(lut, image.copy(), engine=remembering), result)


def test_only_the_latest_luts_colors_are_remembered(remembering):
    first, second, image = smooth_lut(), rough_lut(), picture("uint8")
    apply.apply(first, image, engine=remembering)
    memo = remembering.memo_of(first)
    apply.apply(second, image, engine=remembering)
    assert remembering.memo_of(second).lut is second
    assert remembering.memo_of(first) is not memo
