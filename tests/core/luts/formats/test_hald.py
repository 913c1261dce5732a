"""The layout of a HaldCLUT picture, and what tells an edited one from any other picture."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.luts.formats import hald
from tests.helpers.lut_examples import rough_lut, smooth_lut


@pytest.mark.parametrize("level", [2, 3, 8])
def test_the_identity_picture_holds_the_identity(level):
    pixels = hald.identity_pixels(level)
    assert pixels.shape == (level**3, level**3, 4) and pixels.dtype == np.float32
    assert (pixels[..., 3] == 1).all()
    assert np.array_equal(hald.lattice_of(pixels), Lut3D.identity(level**2).table)


def test_a_lattice_survives_as_pixels():
    table = rough_lut(9).table
    assert np.array_equal(hald.lattice_of(hald.pixels_of(table)), table)


@pytest.mark.parametrize("size, level", [((8, 8), 2), ((512, 512), 8), ((4096, 4096), 16),
                                         ((8, 9), None), ((9, 9), None), ((1, 1), None),
                                         ((4913, 4913), None)])  # fmt: skip
def test_only_a_square_of_the_cube_of_2_to_16_has_a_level(size, level):
    assert hald.level_of(*size) == level


def test_a_look_is_smooth_and_noise_is_rough():
    assert hald.roughness(Lut3D.identity(16).table) < 1e-6
    assert not hald.is_rough(smooth_lut(16).table)
    assert hald.is_rough(rough_lut(16).table)


def test_few_points_tell_nothing_of_roughness():
    assert hald.roughness(rough_lut(4).table) == 0
