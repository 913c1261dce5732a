"""Smooth LUTs through pairs of colors."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.matching import lattice

COLORS = np.random.default_rng(0).random((4000, 3))


@pytest.mark.parametrize("size", [5, 9, 17])
def test_a_lut_of_the_same_lattice_is_found_again(size):
    table = Lut3D.identity(size).table + np.random.default_rng(1).normal(
        0, 0.02, (size,) * 3 + (3,)
    )
    colors = np.random.default_rng(2).random((40 * size**3, 3))
    found = lattice.fitted(colors, Lut3D(table).evaluate(colors), np.ones(len(colors)), 1e-9, size)
    assert np.abs(found - table).max() < 2e-3


def test_a_map_that_is_straight_goes_on_where_no_color_is():
    dark = COLORS * 0.5 + 0.1
    found = lattice.fitted(dark, dark * 0.8 + 0.1, np.ones(len(dark)), size=17)
    wanted = Lut3D.identity(17).table * 0.8 + 0.1
    assert np.abs(found - wanted)[1:11, 1:11, 1:11].max() < 0.03
    assert np.abs(found - wanted).mean() < 0.06


def test_heavier_pairs_count_more():
    colors = np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]])
    wanted = np.array([[0.6, 0.6, 0.6], [0.2, 0.2, 0.2]])
    found = lattice.fitted(colors, wanted, np.array([3.0, 1.0]), size=5)
    assert found[2, 2, 2] == pytest.approx(0.5, abs=1e-3)


def test_a_start_is_kept_where_nothing_is_known():
    colors = np.full((10, 3), 0.5)
    found = lattice.fitted(colors, colors**2, np.ones(10), size=5, start=lambda c: c**2)
    assert np.abs(found - Lut3D.identity(5).table ** 2).max() < 1e-6
