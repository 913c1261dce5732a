"""A chain of curves, matrix and curves stands in for a LUT."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color import primaries
from colorfix_core.color.difference import ciede2000, srgb_to_lab
from colorfix_core.color.srgb import decode, encode
from colorfix_core.luts import reference
from colorfix_core.luts.chain import curves, fitting
from colorfix_core.luts.chain.fitting import fit
from tests.helpers.lut_examples import inside_unit_range, smooth_lut

PICTURE = np.random.default_rng(1).random((40, 50, 3))


def test_the_identity_is_a_chain():
    chain = fit(Lut3D.identity(9), PICTURE)
    assert chain.highest < 0.1


def test_a_mixture_in_linear_light_is_found():
    mixture = np.array([[0.8, 0.15, 0.05], [0.05, 0.7, 0.1], [0, 0.2, 0.75]])
    lut = Lut3D(encode(decode(Lut3D.identity(33).table.astype(float)) @ mixture.T) ** 1.2)
    chain = fit(lut, PICTURE)
    difference = ciede2000(srgb_to_lab(chain.evaluate(PICTURE)), srgb_to_lab(lut.evaluate(PICTURE)))
    assert difference.mean() < 0.5
    assert chain.mean == pytest.approx(difference.mean(), abs=0.2)


def test_curves_rise_and_stay_where_sliders_reach():
    table = Lut3D.identity(9).table[..., ::-1]
    chain = fit(Lut3D(1 - table * 0.5), (PICTURE * 255).astype(np.uint8))
    for outputs in (chain.first, chain.last):
        assert (np.diff(outputs, axis=0) >= 0).all() and outputs.min() >= 0 and outputs.max() <= 1
    assert np.abs(chain.matrix).max() <= 2
    assert chain.mean > 2  # an inverted picture is no such chain, and the figure says so


def test_points_lie_on_their_curve():
    outputs = np.sort(np.random.default_rng(2).random((9, 3)), axis=0)
    drawn = curves.mapped(outputs, np.repeat(curves.inputs()[:, None], 3, 1))
    assert np.abs(drawn - outputs).max() < 1e-9


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(ValueError, match="no colors"):
        fit(Lut3D.identity(9), np.zeros((0, 3)))


def test_in_wider_primaries_the_chain_does_the_same():
    lut = inside_unit_range(smooth_lut(17, seed=4, amplitude=0.07))
    picture = np.random.default_rng(0).random((4000, 3)) * 0.6 + 0.2
    to_srgb = primaries.to_srgb((0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.329))
    chain = fitting.fit(lut, picture, to_srgb)
    shown = reference.look_up(fitting.as_lut(chain, to_srgb), picture)
    off = ciede2000(srgb_to_lab(shown), srgb_to_lab(lut.evaluate(picture)))
    assert off.mean() == pytest.approx(chain.mean, abs=0.15)
    assert chain.mean < 1.3 * fit(lut, picture).mean
