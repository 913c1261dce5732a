"""Our colour arithmetic agrees with colour-science."""

import numpy as np
import pytest
import torch

from colorfix_core.color import lab

colour = pytest.importorskip("colour")
RNG = np.random.default_rng(3)
ENCODED = RNG.uniform(0, 1, (500, 3))


def test_srgb_decoding_agrees_with_colour_science():
    ours = lab.srgb_to_linear(torch.from_numpy(ENCODED)).numpy()
    np.testing.assert_allclose(ours, colour.models.eotf_sRGB(ENCODED), atol=1e-7)


def test_srgb_encoding_undoes_decoding_beyond_the_gamut():
    wide = torch.linspace(-2, 3, 101, dtype=torch.float64)
    again = lab.linear_to_srgb(lab.srgb_to_linear(wide))
    np.testing.assert_allclose(again.numpy(), wide.numpy(), atol=1e-4)


def test_lab_agrees_with_colour_science():
    xyz = colour.models.eotf_sRGB(ENCODED) @ lab.RGB_TO_XYZ.double().numpy().T
    white = colour.xy_to_xyY(colour.XYZ_to_xy(lab.RGB_TO_XYZ.double().sum(1).numpy()))[:2]
    expected = colour.XYZ_to_Lab(xyz, white)
    ours = lab.srgb_to_lab(torch.from_numpy(ENCODED)).numpy()
    np.testing.assert_allclose(ours, expected, atol=2e-2)


def test_ciede2000_agrees_with_colour_science():
    colors = RNG.uniform([0, -100, -100], [100, 100, 100], (2, 2000, 3))
    ours = lab.ciede2000(*torch.from_numpy(colors)).numpy()
    np.testing.assert_allclose(ours, colour.delta_E(*colors, method="CIE 2000"), atol=1e-4)


def test_ciede2000_of_equal_colors_is_zero():
    gray = torch.tensor([[50.0, 0, 0], [20, 10, -5]])
    assert lab.ciede2000(gray, gray).tolist() == [0, 0]


def test_cie94_agrees_with_colour_science():
    colors = RNG.uniform([0, -60, -60], [100, 60, 60], (2, 500, 3))
    ours = lab.cie94(*torch.from_numpy(colors)).numpy()
    expected = colour.delta_E(colors[1], colors[0], method="CIE 1994")
    np.testing.assert_allclose(ours, expected, atol=0.15)
