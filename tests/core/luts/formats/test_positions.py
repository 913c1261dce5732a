"""Edits by place in the picture of a HaldCLUT are told from edits of colors."""

import cv2
import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.luts.formats import hald, positions
from tests.helpers.lut_examples import inside_unit_range, smooth_lut

IDENTITY = Lut3D.identity(64).table
BY_COLOR = {
    "identity": IDENTITY,
    "look": inside_unit_range(smooth_lut(64)).table,
    "gamma": IDENTITY**0.3,
    "8 levels": np.rint(IDENTITY * 7) / 7,
    "threshold": (IDENTITY > 0.5) * 1.0,
    "threshold of green": np.where([0, 1, 0], IDENTITY > 0.5, IDENTITY),
}


def vignette(picture):
    y, x = np.mgrid[-1:1:512j, -1:1:512j]
    return picture * (1 - 0.4 * (x**2 + y**2))[..., None]


def sharpen(picture):
    return (2 * picture - cv2.GaussianBlur(picture, (0, 0), 2)).clip(0, 1)


BY_PLACE = {
    "blur": lambda picture: cv2.GaussianBlur(picture, (0, 0), 1.5),
    "sharpen": sharpen,
    "vignette": vignette,
}


def rounded(table):
    return np.rint(table * 255) / 255


@pytest.mark.parametrize("edit", BY_COLOR)
def test_edits_of_colors_are_not_suspected(edit):
    assert positions.moved_levels(rounded(BY_COLOR[edit])) < positions.TOLERATED_LEVELS


@pytest.mark.parametrize("edit", BY_PLACE)
def test_edits_by_place_have_a_figure(edit):
    picture = BY_PLACE[edit](hald.pixels_of(IDENTITY))
    assert positions.moved_levels(rounded(hald.lattice_of(picture))) > 5


def test_an_edit_that_breaks_between_two_colors_is_measured():
    grid = Lut3D.identity(64).table
    broken = np.where(grid[..., :1] > 0.5, grid[..., ::-1], grid)
    assert positions.broken_levels(broken) > positions.TOLERATED_BREAK
    assert positions.broken_levels(grid**2) < positions.TOLERATED_BREAK
