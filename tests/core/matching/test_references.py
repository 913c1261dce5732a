"""Pictures given the colors of a reference."""

import numpy as np
import pytest
from PIL import Image

from colorfix_core.color.difference import ciede2000, lab_to_srgb, srgb_to_lab
from colorfix_core.color.srgb import decode, encode
from colorfix_core.errors import ImageError
from colorfix_core.matching import references, transport


@pytest.fixture(scope="module")
def daylight(portrait):
    return np.asarray(Image.fromarray(portrait).resize((160, 160))) / 255


@pytest.fixture(scope="module")
def purple(daylight):
    return encode(decode(daylight) * np.array([0.8, 0.25, 1.0]))


def _flat(picture):
    return picture.reshape(-1, 3)


def test_a_purple_face_becomes_that_of_its_daylight_portrait(daylight, purple):
    found = references.match(_flat(purple), _flat(daylight))
    wanted = srgb_to_lab(daylight)
    before = ciede2000(srgb_to_lab(purple), wanted).mean()
    after = ciede2000(srgb_to_lab(found.lut.evaluate(purple)), wanted).mean()
    assert after < 0.35 * before
    assert found.fit > 50
    assert found.sentence().startswith(f"the pictures fit by {found.fit} %")


def test_a_mirrored_reference_is_as_good(daylight, purple):
    one, other = (references.match(_flat(purple), _flat(d)) for d in (daylight, daylight[:, ::-1]))
    found = [match.lut.evaluate(purple) for match in (one, other)]
    assert np.abs(found[0] - found[1]).mean() < 1 / 255


def test_an_unlike_reference_is_refused_with_both_figures(purple):
    rng = np.random.default_rng(0)
    two = np.array([[0.9, 0.1, 0.1], [0.1, 0.2, 0.9]])[rng.integers(0, 2, 5000)]
    with pytest.raises(ImageError, match=r"fits by \d+ %, and 39 % is needed"):
        references.match(_flat(purple), two)


def test_one_color_matches_nothing(purple):
    flat = np.full((100, 3), 0.5)
    with pytest.raises(ImageError, match="the reference holds one color only"):
        references.match(_flat(purple), flat)
    with pytest.raises(ImageError, match="the picture holds one color only"):
        references.match(flat, _flat(purple))


def test_a_gray_picture_is_not_blown_up_to_color(daylight):
    gray = np.repeat(daylight.mean(-1, keepdims=True), 3, -1)
    gray = gray + np.random.default_rng(0).normal(0, 0.004, gray.shape)
    moved = transport.linear(srgb_to_lab(_flat(gray)), srgb_to_lab(_flat(daylight)))
    assert np.linalg.svd(moved.matrix)[1].max() <= transport.MOST_STRETCH + 1e-9


def test_the_linear_map_brings_mean_and_spread():
    rng = np.random.default_rng(1)
    one = rng.normal(0, 1, (20000, 3)) @ np.diag([10, 6, 5]) + [50, 3, 2]
    other = one @ np.diag([1.2, 0.8, 1.1]) + [5, -4, 8]
    moved = transport.linear(one, other, ridge=1e-6)(one)
    np.testing.assert_allclose(moved, other, atol=0.01)


def test_lab_has_a_way_back():
    colors = np.random.default_rng(2).random((500, 3))
    np.testing.assert_allclose(lab_to_srgb(srgb_to_lab(colors)), colors, atol=1e-9)
