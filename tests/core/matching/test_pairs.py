"""LUTs from a picture before and after an edit."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from colorfix_core.color.difference import ciede2000, srgb_to_lab
from colorfix_core.errors import ImageError
from colorfix_core.matching import pairs
from tests.helpers.lut_examples import inside_unit_range, smooth_lut


@pytest.fixture(scope="module")
def photo(portrait):
    return np.asarray(Image.fromarray(portrait).resize((360, 360)))


@pytest.fixture(scope="module")
def look():
    return inside_unit_range(smooth_lut(33, seed=2))


def _difference(one, other, colors):
    found = [srgb_to_lab(lut.evaluate(colors / 255)) for lut in (one, other)]
    return ciede2000(*found).mean()


def test_a_known_lut_is_recovered(photo, look):
    edit = pairs.fit(photo, look.apply(photo))
    assert _difference(edit.lut, look, photo) < 0.15
    assert edit.is_of_colors
    assert edit.sentence().startswith("the LUT repeats the edit: mean CIEDE2000 0.")


def test_a_jpeg_of_the_edit_is_enough(photo, look):
    stream = io.BytesIO()
    Image.fromarray(look.apply(photo)).save(stream, "JPEG", quality=90)
    edit = pairs.fit(photo, np.asarray(Image.open(stream)))
    assert _difference(edit.lut, look, photo) < 0.6
    assert edit.is_of_colors


def test_a_local_edit_is_told_with_its_place_and_does_not_pull_the_rest(photo, look):
    after = look.apply(photo)
    after[:90, 250:] = (after[:90, 250:] * 0.5).astype(np.uint8)
    edit = pairs.fit(photo, after)
    assert not edit.is_of_colors
    assert edit.where == "mostly in the upper right"
    assert _difference(edit.lut, look, photo[100:]) < 0.5
    assert edit.picture()[:80, 260:].mean() > 10 * edit.picture()[100:].mean()


def test_blur_is_told_to_be_all_over(photo):
    blurred = np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(6)))
    edit = pairs.fit(photo, blurred)
    assert not edit.is_of_colors
    assert "no map of colors" in edit.sentence()


def test_other_sizes_are_refused_with_both(photo):
    with pytest.raises(ImageError, match="360 x 360 pixels and after 359 x 360"):
        pairs.fit(photo, photo[:, :-1])


def test_other_contents_are_refused_with_a_figure(photo):
    with pytest.raises(ImageError, match=r"correlates by -?0\.\d\d, and 0.8 is needed"):
        pairs.fit(photo, photo[::-1])


@pytest.mark.parametrize("name", ["before", "after"])
def test_one_color_tells_nothing(photo, name):
    flat = np.full_like(photo, 90)
    with pytest.raises(ImageError, match=f"{name} holds one color only"):
        pairs.fit(*((flat, photo) if name == "before" else (photo, flat)))
