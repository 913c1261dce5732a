"""Several LUTs with masks."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color import srgb
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pixels.guided_filter import GuidedMask, follow_edges

BLACK, WHITE = (Lut3D(np.full((2, 2, 2, 3), level)) for level in (0.0, 1.0))


def even(share: float) -> GuidedMask:
    return follow_edges(np.full((28, 28), share, np.float32), np.zeros((28, 28, 3), np.float32))


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (40, 30, 4), np.uint8)


def test_one_lut_alone_is_that_lut(picture):
    lut = Lut3D(Lut3D.identity(9).table ** 0.8)
    alone = MaskedLuts((lut,))
    np.testing.assert_array_equal(alone.apply(picture), lut.apply(picture))
    assert alone.of_color_alone and not alone.is_identity


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_results_are_mixed_in_linear_light(dtype, share):
    picture = np.zeros((4, 5, 3), dtype)
    full = 1 if dtype == np.float32 else np.iinfo(dtype).max
    mixed = MaskedLuts((BLACK, WHITE), (even(share),)).apply(picture)
    np.testing.assert_allclose(mixed / full, srgb.encode(np.float64(share)), atol=0.003)


def test_alpha_stays(picture):
    mixed = MaskedLuts((BLACK, WHITE), (even(0.5),)).apply(picture)
    np.testing.assert_array_equal(mixed[..., 3], picture[..., 3])


def test_strips_change_nothing(picture):
    ramp = np.linspace(0, 1, 28, dtype=np.float32)[:, None].repeat(28, 1)
    mask = follow_edges(ramp, np.zeros((28, 28, 3), np.float32))
    luts = MaskedLuts((Lut3D.identity(5), WHITE), (mask,))
    whole = luts.apply_part(picture, 0, len(picture))
    parts = [luts.apply_part(picture[top : top + 7], top, len(picture)) for top in range(0, 40, 7)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(luts.apply(picture), whole)


def test_parts_of_rows_and_columns_change_nothing(picture):
    ramp = np.linspace(0, 1, 28, dtype=np.float32)[None].repeat(28, 0)
    mask = follow_edges(ramp, np.zeros((28, 28, 3), np.float32))
    luts = MaskedLuts((BLACK, WHITE), (mask,))
    part = luts.apply_part(np.ascontiguousarray(picture[10:20, 5:25]), 10, 40, 5, 30)
    np.testing.assert_array_equal(part, luts.apply(picture)[10:20, 5:25])


def test_a_mask_of_a_part_lies_in_the_whole(picture):
    """As where a selection alone was looked at."""
    ramp = np.linspace(0, 1, 28, dtype=np.float32)[None].repeat(28, 0)
    mask = follow_edges(ramp, np.zeros((28, 28, 3), np.float32))
    inner = np.ascontiguousarray(picture[10:30, 6:24])
    placed = mask.within((10 / 40, 6 / 30, 30 / 40, 24 / 30))
    np.testing.assert_allclose(placed.share(picture)[10:30, 6:24], mask.share(inner), atol=1e-5)


def test_the_mixture_can_take_the_place_of_the_picture(picture):
    luts = MaskedLuts((BLACK, WHITE), (even(0.3),))
    expected = luts.apply(picture)
    assert luts.apply(picture, out=picture) is picture
    np.testing.assert_array_equal(picture, expected)


def test_shares_sum_to_one(picture):
    shares = MaskedLuts((BLACK, WHITE, BLACK), (even(0.8), even(0.7))).shares(picture)
    np.testing.assert_allclose(sum(shares), 1, atol=1e-6)
    assert min(share.min() for share in shares) >= 0


def test_what_cannot_be_is_refused(picture):
    with pytest.raises(ValueError, match="one mask less"):
        MaskedLuts((BLACK, WHITE))
    with pytest.raises(ValueError, match="shape"):
        MaskedLuts((BLACK, WHITE), (even(0.5),)).apply(picture.reshape(-1, 4))
