"""What a LUT does beyond its box: the correction goes on, and nothing breaks at the border."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color import gamut, srgb
from colorfix_core.color.gamut import Wider
from colorfix_core.luts import beyond
from colorfix_core.messages import listening
from tests.helpers.lut_examples import beyond_srgb_lut, inside_unit_range, picture, smooth_lut

LUMA = np.array([0.2126, 0.7152, 0.0722])


def primaries(x_y):
    """Linear light of these primaries under D65 to linear sRGB."""
    xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in x_y]).T
    white = np.array([0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290])
    return np.linalg.inv(srgb.RGB_TO_XYZ) @ (xyz * np.linalg.solve(xyz, white))


SPACES = {
    "Display P3": primaries([(0.68, 0.32), (0.265, 0.69), (0.15, 0.06)]),
    "BT.2020": primaries([(0.708, 0.292), (0.17, 0.797), (0.131, 0.046)]),
    "ProPhoto": primaries([(0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)]),
}


def colors_of(space, seed=0):
    """Colors from all over a space, its very corners too, sRGB-encoded as ICC does."""
    linear = np.random.default_rng(seed).random((2000, 3)) ** 2
    linear[:1000] = (linear[:1000] > 0.3) * linear[:1000, :1]
    linear = linear @ SPACES[space].T
    return np.where(linear < 0, linear * 12.92, srgb.encode(np.maximum(linear, 0)))


def gray_lut():
    return Lut3D(np.repeat((Lut3D.identity(9).table @ LUMA)[..., None], 3, -1))


@pytest.mark.parametrize("space", SPACES)
def test_what_becomes_gray_inside_becomes_gray_beyond(space):
    result = gray_lut().apply(colors_of(space))
    assert np.ptp(result, -1).max() < 1e-5


@pytest.mark.parametrize("space", SPACES)
def test_an_identity_that_has_to_be_computed_is_one(space):
    almost = Lut3D(Lut3D.identity(9).table * 1.000001)
    assert not almost.is_identity
    colors = colors_of(space)
    assert np.abs(almost.apply(colors) - colors).max() < 1e-4


def test_highlights_have_the_chroma_that_their_color_has_inside():
    lut, colors = inside_unit_range(smooth_lut()), picture("float64", shape=(500,))
    colors /= colors.max(-1, keepdims=True)
    assert np.abs(lut.apply(colors * 3) - 3 * lut.apply(colors)).max() < 1e-5


@pytest.mark.parametrize("lut", [smooth_lut(), beyond_srgb_lut()], ids=["plain", "mirrored"])
def test_nothing_breaks_along_lines_that_cross_the_border(lut):
    rng = np.random.default_rng(0)
    ends = rng.uniform(-0.5, 1.5, (2, 200, 1, 3))
    line = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, 2001)[:, None]
    steps = np.abs(np.diff(beyond.apply_float64(lut, line), axis=1)).max(-1)
    # A color moves by at most 1e-3 a step, and below black 8 times as fast as it is mirrored.
    assert steps.max() < 0.03


def test_the_box_itself_is_the_tables(correct):
    lut, image = smooth_lut(), picture("float32", shape=(99,))
    mixed = np.concatenate([image, image - 2, image * 4])
    assert np.array_equal(correct(lut, mixed)[:99], correct(lut, image))


def test_noise_around_black_is_not_blown_up():
    lut = Lut3D(Lut3D.identity(9).table * 0.9 + np.float32([0.08, 0.0, 0.04]))
    noise = np.random.default_rng(0).normal(0, 0.01, (999, 3))
    assert np.abs(lut.apply(noise) - lut.apply(np.zeros((1, 3)))).max() < 0.15


@pytest.mark.parametrize("reach", [0.3, 1.0, 2.0])
def test_a_widened_identity_is_one(reach):
    wide = Lut3D.identity(17).widened(Wider(reach))
    grid = beyond.lattice(wide.size, wide.domain_min, wide.domain_max)
    assert np.abs(wide.table - grid).max() < 1e-6


def test_a_widened_lut_does_to_srgb_what_the_lut_does_to_the_wider_encoding():
    lut, wider = smooth_lut(33, amplitude=0.05), Wider(1.0)
    inside = np.random.default_rng(0).uniform(0.05, 0.95, (999, 3))
    expected = wider.decode(gamut.mirrored(lut.evaluate(inside)))
    result = lut.widened(wider).apply(gamut.unmirrored(wider.decode(inside)))
    difference = np.abs(gamut.mirrored(result) - expected)
    assert np.median(difference) < 1e-3 and np.percentile(difference, 99) < 0.01


def test_a_widened_lut_has_0_and_1_among_its_points():
    wide = smooth_lut(33).widened(Wider(0.55))
    low, high = wide.domain_min[0], wide.domain_max[0]
    assert low * 32 == round(low * 32) and high * 32 == round(high * 32)
    assert wide.size == (high - low) * 32 + 1


def test_strength_0_of_a_widened_lut_is_exactly_the_input():
    colors = colors_of("BT.2020")
    assert np.array_equal(beyond_srgb_lut().blend(0).apply(colors), colors)


@pytest.mark.parametrize("extension", [".cube", ".clf"])
def test_a_widened_lut_comes_back_from_a_file(tmp_path, extension):
    lut, file = beyond_srgb_lut(), tmp_path / f"wide{extension}"
    if extension == ".clf":
        pytest.importorskip("PyOpenColorIO")
    with listening() as told:
        lut.save(file)
    assert "beyond sRGB" in told[0]
    colors = colors_of("BT.2020").astype(np.float32)
    again = gamut.mirrored(Lut3D.load(file).apply(colors))
    difference = np.abs(again - gamut.mirrored(lut.apply(colors)))
    # Between points of which one is darker than black, mixtures differ.
    assert np.median(difference) < 1e-5 and np.percentile(difference, 90) < 0.01


@pytest.mark.parametrize("extension", [".png", ".3dl", ".spi3d"])
def test_formats_of_0_to_1_get_the_part_that_they_hold(tmp_path, extension):
    lut, file = beyond_srgb_lut(), tmp_path / f"narrow{extension}"
    with listening() as told:
        lut.save(file)
    assert any("holds 0..1 only" in sentence for sentence in told)
    colors = picture("float32")
    expected = lut.apply(colors)
    light = expected.min(-1) > 0.1  # clipped points are not near
    difference = np.abs(Lut3D.load(file).apply(colors).clip(0, 1) - expected.clip(0, 1))
    assert difference[light].max() < 0.03 and np.median(difference) < 1e-4


def test_finer_lattices_keep_their_steps_over_0_to_1():
    wide = smooth_lut(17).widened(Wider(0.5))
    fine = wide.finer(33)
    assert fine.mirrored and fine.size - 1 == (fine.domain_max[0] - fine.domain_min[0]) * 32
    assert smooth_lut(17).finer(33).size == 33


def test_errors_of_sizes_are_measured():
    edge = Lut3D((Lut3D.identity(64).table > 0.5).astype(np.float32))
    assert edge.error_of(17) > 50 and edge.error_of(64) == 0
    assert Lut3D.identity(33).error_of(17) < 1e-3


def test_kept_luminance_keeps_colors_beyond_srgb():
    wide = Lut3D.identity(17).widened(Wider(1.0))
    kept = Lut3D(wide.table, wide.domain_min, wide.domain_max, mirrored=True).keep_luminance()
    colors = colors_of("Display P3")
    assert np.median(np.abs(kept.apply(colors) - colors)) < 1e-3
