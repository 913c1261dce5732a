"""Applying a LUT: every apply, dtype and layout gives the textbook's colours."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.luts import apply, beyond
from colorfix_core.luts.data import Shaper
from colorfix_core.luts.engines.cpu import Cpu, best_kernels
from tests.helpers.lut_examples import (
    DTYPES,
    KERNELS,
    LAYOUTS,
    beyond_srgb_lut,
    changed,
    full_scale,
    kernels_of,
    picture,
    rough_lut,
    smooth_lut,
    textbook_tetrahedral,
)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", DTYPES)
def test_colors_are_the_textbooks(correct, dtype, channels):
    lut, image = rough_lut(), picture(dtype, channels)
    full = full_scale(dtype)
    exact = textbook_tetrahedral(lut.table, image[..., :3] / full) * full
    result = correct(lut, image)
    assert result.dtype == image.dtype and result.shape == image.shape
    assert np.array_equal(result[..., 3:], image[..., 3:])
    difference = np.abs(result[..., :3].astype(np.float64) - exact)
    if full == 1:
        assert difference.max() < (1e-3 if dtype == "float16" else 1e-5)
    else:
        # Float32 cannot tell which side of a tie a value is that is this close to it.
        assert difference.max() < 0.5 + full * 1e-6


def test_8_bit_is_rounded_exactly_except_at_ties(correct):
    lut, image = rough_lut(), picture("uint8", shape=(200, 300))
    exact = textbook_tetrahedral(lut.table, image / 255) * 255
    tie = np.abs(exact % 1 - 0.5) < 5e-4
    assert np.array_equal(correct(lut, image)[~tie], np.rint(exact)[~tie])


def test_the_reference_is_the_textbook():
    lut, colors = rough_lut(), picture("float64")
    assert np.abs(lut.evaluate(colors) - textbook_tetrahedral(lut.table, colors)).max() < 1e-12


def test_the_reference_is_colour_sciences():
    colour = pytest.importorskip("colour.algebra")
    lut, colors = rough_lut(), picture("float64")
    other = colour.table_interpolation_tetrahedral(colors, lut.table.astype(np.float64))
    assert np.abs(lut.evaluate(colors) - other).max() < 1e-6


def test_lattice_points_and_faces_are_exact(correct):
    lut = rough_lut(5)
    corners = Lut3D.identity(5).table.reshape(-1, 3)
    assert np.abs(correct(lut, corners) - lut.table.reshape(-1, 3)).max() < 1e-6


@pytest.mark.parametrize("height", [1, 2, 7, 64])
@pytest.mark.parametrize("dtype", DTYPES)
def test_strips_of_any_height_are_bit_identical(correct, dtype, height):
    lut, image = smooth_lut(), picture(dtype, 3, (131, 77), beyond=0.2)
    strips = [correct(lut, image[y : y + height]) for y in range(0, len(image), height)]
    assert np.array_equal(np.concatenate(strips), correct(lut, image))


def test_strips_inside_the_engine_are_bit_identical(kernels, correct):
    lut, image = smooth_lut(), picture("float32", 4, (300, 200))
    whole = correct(lut, image)
    in_strips = apply.apply(lut, image, engine=Cpu(changed(kernels, STRIP_PIXELS=777)))
    assert np.array_equal(in_strips, whole)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_strides_do_not_matter(correct, dtype, layout):
    lut, image = smooth_lut(), LAYOUTS[layout](picture(dtype, 4))
    expected = correct(lut, np.ascontiguousarray(image, image.dtype.newbyteorder("=")))
    assert np.array_equal(correct(lut, image), expected)


@pytest.mark.parametrize("layout", ["every second pixel", "mirrored", "turned", "a crop"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_in_place_is_the_same(correct, dtype, layout):
    lut, image = smooth_lut(), picture(dtype, 4, beyond=0.2)
    view = LAYOUTS[layout](image)
    expected = correct(lut, view.copy())
    assert correct(lut, view, out=view) is view
    assert np.array_equal(view, expected)


def test_an_output_that_overlaps_the_image_is_right_too(correct):
    lut, buffer = smooth_lut(), picture("float32", 3, (50, 40))
    image, out = buffer[:-1], buffer[1:]
    expected = correct(lut, image.copy())
    assert np.array_equal(correct(lut, image, out=out), expected)


@pytest.mark.parametrize("lut", [smooth_lut(), beyond_srgb_lut()], ids=["plain", "mirrored"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_colors_beyond_the_box_are_those_of_the_definition(correct, dtype, lut):
    image = picture(dtype, 4, beyond=2.0)
    expected = beyond.apply_float64(lut, image[..., :3])
    assert np.abs(correct(lut, image)[..., :3] - expected).max() < {"float16": 0.1}.get(dtype, 5e-5)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_nan_stays_where_it_is(correct, dtype):
    lut, image = smooth_lut(), picture(dtype, 4)
    expected = correct(lut, image)
    image[3, 5, 1] = np.nan
    result = correct(lut, image)
    assert np.isnan(result[3, 5]).tolist() == [False, True, False, False]
    result[3, 5] = expected[3, 5]
    assert np.array_equal(result, expected)


def test_infinity_stays_infinite_and_alone(correct):
    image = np.float32([[np.inf, 0.5, -np.inf]])
    result = correct(smooth_lut(), image)
    assert result[0, 0] == np.inf and np.isfinite(result[0, 1]) and result[0, 2] == -np.inf


@pytest.mark.parametrize("alpha", [np.nan, -3.0, 7.0, np.inf])
def test_alpha_is_copied_whatever_it_is(correct, alpha):
    image = picture("float32", 4)
    image[..., 3] = alpha
    result = correct(smooth_lut(), image)
    assert np.array_equal(result[..., 3], image[..., 3], equal_nan=True)
    assert np.abs(result[..., :3] - correct(smooth_lut(), image[..., :3].copy())).max() < 1e-6


def test_a_wider_domain_reaches_further(correct):
    lut = Lut3D(Lut3D.identity(2).table * 3, (-1, -1, -1), (2, 2, 2))  # x -> x + 1
    image = picture("float32", beyond=0.9)
    assert np.abs(correct(lut, image) - (image + 1)).max() < 1e-6


def test_a_narrower_domain_clamps(correct):
    lut = Lut3D(1 - Lut3D.identity(2).table, (0.25,) * 3, (0.5,) * 3)
    image = np.float32([[0.1, 0.375, 0.9]])
    assert np.allclose(correct(lut, image), [[1, 0.5, 0]], atol=1e-6)


def test_a_shaper_comes_before_the_table(correct):
    curve = np.linspace(0, 1, 1024)[:, None] ** [1, 2, 0.5]
    lut = Lut3D(1 - Lut3D.identity(2).table, shaper=Shaper(curve))
    image = picture("float32")
    assert np.abs(correct(lut, image) - (1 - image ** np.float32([1, 2, 0.5]))).max() < 0.02
    assert np.abs(correct(lut, image) - lut.evaluate(image)).max() < 1e-5


def test_sizes_beyond_opencolorios_work(correct):
    grid = Lut3D.identity(130).table
    lut, image = Lut3D(1 - grid), picture("float32", shape=(5, 6))
    assert np.abs(correct(lut, image) - (1 - image)).max() < 1e-5


@pytest.mark.parametrize("shape", [(1, 1), (0, 5), (5, 0), (1, 70000), (3,), ()])
def test_every_number_of_pixels_will_do(correct, shape):
    lut, image = smooth_lut(5), picture("float32", 3, shape)
    expected = lut.evaluate(image) if image.size else image
    assert np.abs(correct(lut, image) - expected).max(initial=0) < 1e-6


def test_kernels_agree():
    lut, image = smooth_lut(), picture("float32", shape=(300, 400), beyond=0.1)
    engines = [Cpu(kernels_of(name)) for name in KERNELS]
    results = [apply.apply(lut, image, engine=engine) for engine in engines]
    assert np.ptp(results, axis=0).max() < 1e-6


@pytest.mark.parametrize(
    "image, complaint",
    [
        (np.zeros((4, 4, 3), np.int32), "int32"),
        (np.zeros((4, 4, 2), np.uint8), r"\(4, 4, 2\)"),
        ([[0, 0, 0]], "list"),
    ],
)
def test_what_is_no_image_is_refused(image, complaint):
    with pytest.raises((TypeError, ValueError), match=complaint):
        smooth_lut(2).apply(image)


@pytest.mark.parametrize("out", [np.zeros((4, 4, 4)), np.zeros((4, 4, 3), np.uint8), [0]])
def test_an_output_of_another_shape_or_dtype_is_refused(out):
    with pytest.raises(ValueError, match="out must be"):
        smooth_lut(2).apply(np.zeros((4, 4, 3)), out=out)


def test_a_read_only_output_is_refused():
    image = np.zeros((4, 4, 3))
    image.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        smooth_lut(2).apply(image, out=image)


def test_an_error_in_one_strip_is_raised(kernels):
    def failing(lut, dtype):
        def kernel(pixels, out):
            raise MemoryError("strip")

        return kernel

    engine = Cpu(changed(kernels, STRIP_PIXELS=100, prepare=failing), workers=2)
    with pytest.raises(MemoryError, match="strip"):
        apply.apply(smooth_lut(), picture(), engine=engine)


@pytest.mark.parametrize("installed, chosen", [(True, "OpenColorIO"), (False, "numpy")])
def test_the_best_kernels_that_are_installed_are_chosen(installed, chosen):
    if installed:
        pytest.importorskip("PyOpenColorIO")
    assert best_kernels(lambda name: installed).name().startswith(chosen)


@pytest.mark.parametrize("workers", [1, 3])
def test_any_number_of_workers_gives_the_same(kernels, correct, workers):
    lut, image = smooth_lut(), picture("float32", shape=(300, 400))
    engine = Cpu(changed(kernels, STRIP_PIXELS=5000), workers)
    assert np.array_equal(apply.apply(lut, image, engine=engine), correct(lut, image))
