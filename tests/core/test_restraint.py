"""Small corrections fade, strong ones stay, and none turns light into dark."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color.gamut import Wider
from colorfix_core.restraint import keep_luminance_rising, shrink_to_signal

NOISE = 2.0


def darker(amount: float) -> Lut3D:
    return Lut3D(Lut3D.identity(17).table * np.float32(1 - amount))


def strength_left(lut: Lut3D, picture: np.ndarray) -> float:
    shrunk = shrink_to_signal(lut, picture, NOISE)
    return float((shrunk.table[-1, -1, -1] - 1).mean() / (lut.table[-1, -1, -1] - 1).mean())


@pytest.fixture
def picture():
    return np.random.default_rng(1).random((64, 64, 3), np.float32)


def test_a_correction_below_the_error_vanishes(picture):
    assert strength_left(darker(0.01), picture) == 0


def test_a_strong_correction_stays(picture):
    assert strength_left(darker(0.7), picture) > 0.9


def test_the_shrinkage_is_that_of_james_and_stein(picture):
    from skimage.color import deltaE_ciede2000, rgb2lab

    lut = darker(0.2)
    change = deltaE_ciede2000(*(rgb2lab(p[::4, ::4]) for p in (picture, lut.apply(picture)))).mean()
    assert strength_left(lut, picture) == pytest.approx(1 - (NOISE / change) ** 2, abs=0.02)


def test_a_rising_lut_is_left_as_it_is():
    lut = darker(0.5)
    assert keep_luminance_rising(lut) is lut


@pytest.mark.parametrize("ramp", [(1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_an_inversion_is_leveled_where_it_is(ramp):
    table = Lut3D.identity(17).table.copy()
    table[tuple(9 * np.array(ramp))] *= 0.3
    tamed = keep_luminance_rising(Lut3D(table)).table
    line = np.array([tamed[tuple(i * np.array(ramp))].mean() for i in range(17)])
    assert (np.diff(line) >= -1e-3).all()
    assert (tamed != Lut3D.identity(17).table).any(-1).sum() == 1


def test_a_negative_is_never_shown():
    grays = keep_luminance_rising(Lut3D(1 - Lut3D.identity(9).table)).table[*[np.arange(9)] * 3]
    assert (np.diff(grays.mean(1)) >= 0).all()


def test_a_wider_lut_rises_between_black_and_white():
    wide = Lut3D(1 - Lut3D.identity(17).table).widened(Wider(1.0))
    tamed = keep_luminance_rising(wide)
    grays = tamed.evaluate(np.linspace([0.0] * 3, [1.0] * 3, 33))
    assert tamed.mirrored and (np.diff(grays.mean(1)) >= -1e-3).all()
