"""A correction limited to what is selected."""

import numpy as np
import pytest

from colorfix_core.pixels.exact import blended

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_selected_is_corrected_and_unselected_is_kept_to_the_bit(dtype):
    before, corrected = ((RNG.random((9, 7, 4)) * 250).astype(dtype) for _ in range(2))
    chosen = (RNG.random((9, 7)) > 0.5).astype(np.float32)
    result = blended(before, corrected, chosen)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, np.where(chosen[..., None] > 0, corrected, before))


def test_half_selected_is_half_corrected():
    before, corrected = np.full((1, 1, 3), 10, np.uint8), np.full((1, 1, 3), 21, np.uint8)
    chosen = np.full((1, 1), 0.25, np.float32)
    assert blended(before, corrected, chosen).tolist() == [[[13, 13, 13]]]
