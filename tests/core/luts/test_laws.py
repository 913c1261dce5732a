"""Laws that hold for every LUT and every colour, searched for counterexamples."""

import io
from functools import partial

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from colorfix_core import Lut3D
from colorfix_core.luts import apply
from colorfix_core.luts.formats import cube, spi3d

sizes = st.integers(2, 9)
table_floats = st.floats(-1, 2, width=32)
unit_floats = st.floats(0, 1, width=32)
any_floats = st.floats(width=32)
strengths = st.floats(0, 1)
blanks = st.text(st.characters(categories=["Cc", "Zs", "Zl", "Zp"]))
texts = st.one_of(st.text(), blanks, st.builds("{}a{}a{}".format, blanks, blanks, blanks))
a_lut = Lut3D.identity(2)


@st.composite
def luts(draw, values=table_floats, sizes=sizes):
    size = draw(sizes)
    return Lut3D(draw(hnp.arrays(np.float32, (size, size, size, 3), elements=values)))


def images(elements, dtype=np.float32):
    shapes = st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]))
    return hnp.arrays(dtype, shapes, elements=elements)


integer_images = st.one_of(
    images(st.integers(0, 255), np.uint8), images(st.integers(0, 65535), np.uint16)
)


@given(st.integers(2, 40), st.one_of(images(any_floats), integer_images))
def test_identity_of_any_size_is_exact(size, image):
    assert np.array_equal(
        Lut3D.identity(size).apply(image), image, equal_nan=image.dtype.kind == "f"
    )


@given(luts(), st.one_of(images(any_floats), integer_images))
def test_strength_0_is_the_input(lut, image):
    assert np.array_equal(lut.blend(0).apply(image), image, equal_nan=image.dtype.kind == "f")


@given(luts(), images(unit_floats))
def test_application_is_the_float64_reference(lut, image):
    assert np.abs(lut.apply(image)[..., :3] - lut.evaluate(image[..., :3])).max() < 1e-5


@given(luts(), images(unit_floats))
def test_no_color_leaves_the_range_of_the_table(lut, image):
    result = lut.apply(image)[..., :3]
    low, high = lut.table.min((0, 1, 2)), lut.table.max((0, 1, 2))
    assert (result >= low - 1e-6).all() and (result <= high + 1e-6).all()


@given(luts(), images(unit_floats), strengths)
def test_blending_tables_blends_colors(lut, image, strength):
    colors = image[..., :3].astype(np.float64)
    mixture = (1 - strength) * colors + strength * lut.evaluate(colors)
    assert np.abs(lut.blend(strength).apply(colors) - mixture).max() < 1e-5


@given(luts(), luts(unit_floats, st.just(2)), images(unit_floats))
def test_a_color_matrix_after_a_lut_composes_exactly(lut, corners, image):
    """Composition is exact where the second map is affine: no lattice can do without that."""
    lut = Lut3D(lut.table.clip(0, 1))
    axes = corners.table[[1, 0, 0], [0, 1, 0], [0, 0, 1]] / 3
    affine = Lut3D(Lut3D.identity(2).table @ axes)
    colors = image[..., :3].astype(np.float64)
    one_after_the_other = affine.apply(lut.apply(colors))
    assert np.abs(lut.compose(affine).apply(colors) - one_after_the_other).max() < 1e-5


@given(luts(), images(any_floats))
def test_damaged_pixels_harm_only_themselves(lut, image):
    result = lut.apply(image)
    sound = np.isfinite(image[..., :3]).all(-1)
    assert np.isfinite(result[sound][:, :3]).all()
    assert np.array_equal(np.isnan(result), np.isnan(image))
    cleaned = np.where(sound[..., None], image, 0)
    assert np.array_equal(lut.apply(cleaned)[sound][:, :3], result[sound][:, :3])


@given(luts(), st.one_of(images(unit_floats), integer_images), st.integers(1, 9))
def test_a_picture_is_the_sum_of_its_strips(lut, image, height):
    by_numpy = partial(apply.apply, lut, engine=apply.cpu("numpy"))
    assert np.array_equal(in_strips(by_numpy, image, height), by_numpy(image))
    joined, whole = in_strips(lut.apply, image, height), lut.apply(image)
    if image.dtype.kind == "u":
        assert np.array_equal(joined, whole)
    else:  # with AVX-512, OpenColorIO's last bit of a float depends on the pixels beside it
        np.testing.assert_allclose(joined, whole, rtol=3e-7, atol=1e-7 * np.abs(lut.table).max())


def in_strips(correct, image, height):
    """An image corrected a few rows at a time."""
    parts = [correct(image[y : y + height]) for y in range(0, len(image), height)]
    return np.concatenate(parts)


# From 16 times white on, numbers may be taken for code values.
@given(luts(values=st.floats(-1e6, 15.5, width=32)), texts, st.lists(texts, max_size=3))
@example(a_lut, "", ["\x85"])
@example(a_lut, "word " * 80, ["word " * 80, "a" * 1000])
def test_a_cube_file_keeps_six_decimals_whatever_title_and_comments(lut, title, comments):
    lut = Lut3D(lut.table, title=title, comments=comments)
    file = io.BytesIO()
    cube.write(lut, file)
    text = file.getvalue()
    assert text.isascii() and max(map(len, text.splitlines())) <= 250
    again = cube.read(io.BytesIO(text), len(text))
    written = np.array([float(f"{v:.6f}") for v in lut.table.ravel()], np.float32)
    assert np.array_equal(again.table.ravel(), written)
    once_more = io.BytesIO()
    cube.write(again, once_more)
    assert once_more.getvalue() == text


@given(luts())
def test_an_spi3d_file_keeps_six_decimals(lut):
    file = io.BytesIO()
    spi3d.write(lut, file)
    again = spi3d.read(io.BytesIO(file.getvalue()), len(file.getvalue()))
    assert np.abs(again.table - lut.table).max() < 6e-7
