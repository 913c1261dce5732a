"""Less and more than the whole correction."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.adjustments.strength import strengthened
from colorfix_core.color import srgb
from colorfix_core.color.gamut import Wider
from tests.helpers.lut_examples import smooth_lut


def warm(size: int = 33) -> Lut3D:
    """Red is lifted, blue is lowered."""
    grid = Lut3D.identity(size).table
    return Lut3D(np.stack([grid[..., 0] ** 0.7, grid[..., 1], grid[..., 2] * 0.7], -1))


def test_full_strength_is_the_correction_itself():
    lut = smooth_lut(9)
    assert strengthened(lut, 1) is lut


def test_half_strength_is_half_way():
    lut = smooth_lut(9)
    np.testing.assert_array_equal(strengthened(lut, 0.5).table, lut.blend(0.5).table)


def test_the_identity_stays_exact_at_any_strength():
    identity = Lut3D.identity(33)
    np.testing.assert_array_equal(strengthened(identity, 1.7).table, identity.table)


def test_strength_goes_on_in_the_same_direction():
    grid, lut = Lut3D.identity(33).table, warm()
    once, twice = lut.table - grid, strengthened(lut, 2).table - grid
    assert (twice * np.sign(once) >= np.abs(once) - 1e-6).all()
    middle = lut.evaluate([[0.5] * 3]), strengthened(lut, 2).evaluate([[0.5] * 3])
    assert middle[1][0, 2] == pytest.approx(0.5 * 0.7**2, abs=0.01)


def test_strength_grows_without_a_step_at_one_hundred():
    lut = warm()
    assert np.abs(strengthened(lut, 1.001).table - lut.table).max() < 1e-3


@pytest.mark.parametrize("lut", [warm(), smooth_lut(33), Lut3D.identity(9)])
def test_the_greatest_strength_stays_in_gamut(lut):
    table = strengthened(lut, 2).table
    assert table.min() >= min(lut.table.min(), 0) and table.max() <= max(lut.table.max(), 1)


def test_ramps_of_gray_never_run_backwards():
    """Squared, this correction of the highlights would make them darker than what is below."""
    grid = Lut3D.identity(33).table
    lut = Lut3D(np.where(grid > 0.5, 0.5 + (grid - 0.5) * 0.1, grid))
    index = np.arange(33)
    gray = strengthened(lut, 2).table[index, index, index]
    assert (np.diff(srgb.decode(gray) @ srgb.LUMINANCE) >= -1e-4).all()


def test_a_lut_beyond_srgb_can_be_strengthened():
    wide = warm().widened(Wider(1.0))
    strong = strengthened(wide, 2)
    assert strong.mirrored and strong.domain_min == wide.domain_min
    assert strong.evaluate([[0.5] * 3])[0, 2] < wide.evaluate([[0.5] * 3])[0, 2] - 0.05


@pytest.mark.parametrize("strength", [-0.1, 2.1, float("nan")])
def test_strength_out_of_range_is_refused(strength):
    with pytest.raises(ValueError, match="strength"):
        strengthened(smooth_lut(9), strength)
