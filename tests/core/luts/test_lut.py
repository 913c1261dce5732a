"""The algebra of LUTs, and what a LUT refuses to be."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.luts import apply
from colorfix_core.luts.data import LutData, Shaper
from tests.helpers.lut_examples import picture, rough_lut, smooth_lut

LUMINANCE = np.array([0.2126390, 0.7151687, 0.0721923])  # IEC 61966-2-1


def linear(encoded):
    encoded = np.asarray(encoded, np.float64)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("size", [2, 3, 17, 33, 64, 65])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32", "float64"])
def test_identity_is_exact(size, dtype):
    image = picture(dtype, 4)
    assert np.array_equal(Lut3D.identity(size).apply(image), image)


def test_strength_zero_is_exactly_the_input():
    image = picture("float64", beyond=0.5)
    assert np.array_equal(smooth_lut().blend(0).apply(image), image)


def test_full_strength_is_the_lut_itself():
    lut = smooth_lut()
    assert lut.blend(1) is lut


def test_half_strength_is_half_way():
    lut, image = smooth_lut(), picture("float64")
    assert np.allclose(lut.blend(0.5).apply(image), (image + lut.apply(image)) / 2, atol=1e-6)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_strength_outside_0_to_1_is_refused(strength):
    with pytest.raises(ValueError, match="strength"):
        smooth_lut().blend(strength)


def test_composition_is_one_after_the_other():
    first, second, image = smooth_lut(seed=1), smooth_lut(seed=2), picture("float64")
    first = Lut3D(first.table.clip(0, 1))
    one_after_the_other = second.apply(first.apply(image))
    assert np.abs(first.compose(second).apply(image) - one_after_the_other).max() < 1e-3


def test_composition_of_gentle_looks_is_within_1e_4():
    first, second = smooth_lut(seed=1, amplitude=0.03), smooth_lut(seed=2, amplitude=0.03)
    first = first.compose(Lut3D(Lut3D.identity(2).table * 0.8 + 0.1))
    image = picture("float64")
    difference = first.compose(second).apply(image) - second.apply(first.apply(image))
    assert np.abs(difference).max() < 1e-4


def test_composition_with_the_identity_changes_nothing():
    lut = smooth_lut(17)
    for composed in (lut.compose(Lut3D.identity(17)), Lut3D.identity(17).compose(lut)):
        assert np.abs(composed.table - lut.table).max() < 1e-6


def test_order_of_composition_is_self_first():
    darken = Lut3D(Lut3D.identity(9).table / 2)
    invert = Lut3D(1 - Lut3D.identity(9).table)
    gray = np.full((1, 3), 0.5)
    assert np.allclose(darken.compose(invert).apply(gray), 0.75, atol=1e-6)
    assert np.allclose(invert.compose(darken).apply(gray), 0.25, atol=1e-6)


def test_resizing_to_a_lattice_that_holds_the_old_one_loses_nothing():
    lut, image = smooth_lut(17), picture("float64")
    # Between the old points the cut into tetrahedra is finer, the surface the same.
    assert np.abs(lut.resize(33).resize(17).table - lut.table).max() < 1e-6
    assert np.abs(lut.resize(33).apply(image) - lut.apply(image)).max() < 5e-3


def test_kept_luminance_is_the_inputs():
    lut = smooth_lut(33, amplitude=0.1).keep_luminance()
    grid = Lut3D.identity(33).table
    assert np.abs(linear(lut.table) @ LUMINANCE - linear(grid) @ LUMINANCE).max() < 1e-5
    assert lut.table.min() >= 0 and lut.table.max() <= 1 + 1e-6


def test_kept_luminance_of_the_identity_is_the_identity():
    assert Lut3D.identity(33).keep_luminance().is_identity


def test_kept_luminance_keeps_the_hue_inside_the_gamut():
    grid = Lut3D.identity(9).table
    tinted = Lut3D(grid * np.float32([0.8, 0.6, 0.5]))
    before, after = linear(tinted.table[4, 4, 4]), linear(tinted.keep_luminance().table[4, 4, 4])
    assert np.allclose(after / after.sum(), before / before.sum(), atol=1e-6)


def test_black_output_of_a_lit_input_becomes_gray():
    lut = Lut3D(np.zeros((5, 5, 5, 3))).keep_luminance()
    assert np.allclose(lut.table[4, 4, 4], 1, atol=1e-6)
    assert np.ptp(lut.table[2, 3, 1]) < 1e-6


@pytest.mark.parametrize(
    "table, complaint",
    [
        (np.zeros((3, 3, 3)), r"\(3, 3, 3\)"),
        (np.zeros((3, 4, 3, 3)), r"\(3, 4, 3, 3\)"),
        (np.zeros((1, 1, 1, 3)), r"\(1, 1, 1, 3\)"),
        (np.zeros(()), r"\(\)"),
        (np.full((2, 2, 2, 3), np.nan), "nan"),
        (np.full((2, 2, 2, 3), 1e60), "1e\\+60"),
    ],
)
def test_a_table_that_is_none_is_refused_by_its_value(table, complaint):
    with pytest.raises(ValueError, match=complaint):
        Lut3D(table)


@pytest.mark.parametrize(
    "low, high", [((0, 0, 0), (1, 0, 1)), ((0, 0), (1, 1)), ((0,) * 3, (np.inf,) * 3)]
)
def test_a_domain_that_is_none_is_refused(low, high):
    with pytest.raises(ValueError, match="domain"):
        Lut3D(Lut3D.identity(2).table, low, high)


@pytest.mark.parametrize("size", [1, 257])
def test_sizes_are_2_to_256(size):
    with pytest.raises(ValueError, match=str(size)):
        Lut3D.identity(size)
    with pytest.raises(ValueError, match=str(size)):
        smooth_lut(5).resize(size)


def test_a_shaper_that_is_none_is_refused():
    with pytest.raises(ValueError, match="shaper"):
        Shaper(np.zeros((1, 3)))


def test_the_callers_array_stays_the_callers():
    table = np.zeros((2, 2, 2, 3), np.float32)
    lut = Lut3D(table)
    table += 1
    assert lut.table.max() == 0
    with pytest.raises(ValueError):
        lut.table[0] = 1


def test_a_used_lut_can_be_pickled():
    lut, image = rough_lut(), picture()
    expected = lut.apply(image)
    assert np.array_equal(pickle.loads(pickle.dumps(lut)).apply(image), expected)


def test_a_copied_lut_carries_nothing_prepared():
    lut = rough_lut()
    lut.apply(picture())
    assert lut.prepared and not pickle.loads(pickle.dumps(lut)).prepared
    assert not copy.copy(lut).prepared


def test_a_loaded_lut_has_the_verbs_and_shares_the_table(tmp_path):
    data = LutData.identity(3)
    lut = Lut3D.sharing(data)
    assert type(lut) is Lut3D and lut.table is data.table
    lut.save(tmp_path / "look.cube")
    assert type(Lut3D.load(tmp_path / "look.cube")) is Lut3D


def test_what_becomes_of_a_lut_is_of_its_class():
    lut = smooth_lut(5)
    for changed in (lut.blend(0.5), lut.compose(lut), lut.resize(9), lut.keep_luminance()):
        assert type(changed) is Lut3D


def test_the_engine_has_a_name_and_a_version():
    assert any(character.isdigit() for character in apply.engine_name())


def test_reading_a_lut_does_not_import_torch():
    code = (
        "import sys, colorfix_core.luts.lut, colorfix_core.luts.formats.cube\n"
        "assert not {'torch', 'PyOpenColorIO'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


LOG_SHAPER = Shaper(np.log2(1 + np.linspace(0, 100, 4096))[:, None] / np.log2(101) * np.ones(3),
                    domain_max=(100.0,) * 3)  # fmt: skip


def test_blending_curves_is_exact():
    gamma = Lut3D.of_curves(Shaper(np.linspace(0, 1, 1024)[:, None] ** (1 / 2.4) * np.ones(3)))
    colors = np.random.default_rng(0).random((999, 3))
    mixture = colors + 0.5 * (gamma.evaluate(colors) - colors)
    assert np.abs(gamma.blend(0.5).evaluate(colors) - mixture).max() < 1e-6


def test_blending_behind_a_logarithmic_shaper_keeps_the_dark():
    table = Lut3D.identity(33).table ** 1.5
    lut = Lut3D(table, shaper=LOG_SHAPER)
    colors = np.random.default_rng(0).random((999, 3))
    mixture = colors + 0.999 * (lut.evaluate(colors) - colors)
    assert np.abs(lut.blend(0.999).evaluate(colors) - mixture).max() < 1e-4


def test_a_domain_too_narrow_for_float32_is_refused():
    with pytest.raises(ValueError, match="must be below"):
        Lut3D(Lut3D.identity(2).table, (0.5,) * 3, (0.50000001,) * 3)
