"""LUTs from a chart that is held in a picture."""

from operator import attrgetter

import numpy as np
import pytest
from PIL import Image

from colorfix_core.color.difference import ciede2000, srgb_to_lab
from colorfix_core.color.srgb import decode, encode
from colorfix_core.errors import ImageError
from colorfix_core.matching import chart_finding, chart_patches, charts
from tests.helpers.chart_pictures import GELS, chart_in

CORNERS = np.array([(120, 150), (420, 180), (405, 385), (110, 360)], float)


@pytest.fixture(scope="module")
def photo(portrait):
    return np.asarray(Image.fromarray(portrait).resize((512, 512)))


def test_patches_are_those_of_the_maker():
    colour = pytest.importorskip("colour")
    chart = attrgetter("CCS_COLOURCHECKERS")(colour)["ColorChecker24 - After November 2014"]
    xyz = [colour.xyY_to_XYZ(color) for color in chart.data.values()]
    wanted = colour.XYZ_to_RGB(
        np.array(xyz), "sRGB", chart.illuminant, chromatic_adaptation_transform="Bradford",
        apply_cctf_encoding=True,
    )  # fmt: skip
    assert np.abs(chart_patches.COLORS - wanted.clip(0, 1)).max() < 1e-4


@pytest.mark.parametrize("gel", GELS)
def test_under_a_gel_patches_and_the_rest_become_what_they_are(photo, gel):
    lit = chart_in(photo, CORNERS, GELS[gel]) / 255
    found = charts.fit(charts.read(lit, CORNERS))
    assert found.errors.mean() < 1
    under = encode(decode(photo[::16, ::16] / 255) * np.array(GELS[gel]))
    labs = [srgb_to_lab(colors) for colors in (found.lut.evaluate(under), photo[::16, ::16] / 255)]
    assert ciede2000(*labs).mean() < 2


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_the_corners_may_begin_anywhere(photo, turn):
    picture = chart_in(photo, CORNERS) / 255
    found = charts.fit(charts.read(picture, np.roll(CORNERS, turn, 0)))
    assert found.errors.mean() < 1


@pytest.mark.parametrize("gel", ["red", "blue"])
def test_a_chart_is_found_under_a_gel(photo, gel):
    lit = chart_in(photo, CORNERS, GELS[gel]) / 255
    assert charts.fit(chart_finding.patches(lit)).errors.mean() < 3


def test_what_is_no_chart_is_refused_with_a_figure(photo):
    with pytest.raises(ImageError, match=r"CIEDE2000 of \d+\.\d, and 10 is allowed"):
        charts.fit(charts.read(photo / 255, CORNERS))


@pytest.mark.parametrize("corners", [CORNERS * 10, CORNERS * 0 + 5])
def test_corners_outside_or_in_one_place_are_refused(photo, corners):
    with pytest.raises(ImageError, match="give the four outer corners"):
        charts.read(photo / 255, corners)
