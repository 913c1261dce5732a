"""Skin is found on the neutral picture and judged by its place among good photographs."""

import numpy as np
import pytest
from PIL import Image

from colorfix_training.evaluation.faces import Face, FaceFinder
from colorfix_training.evaluation.skin import (
    CENTER,
    COVARIANCE,
    RADIUS,
    color_of,
    find_skin,
    fit_locus,
    is_plausible,
    tone,
)

SQUARE = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
FACE = Face(tuple(SQUARE * 0.3 + shift for shift in ([0, 0], [0.35, 0], [0, 0.5])))


def plain(color, side=60):
    return np.full((side, side, 3), color, np.uint8)


@pytest.mark.parametrize("color", [(224, 172, 145), (198, 134, 100), (110, 72, 54)])
def test_skin_is_plausible(color):
    assert is_plausible(color_of(plain(color), FACE, (0, 1, 2)))


@pytest.mark.parametrize(
    "color", [(150, 150, 150), (140, 160, 110), (120, 130, 170), (255, 120, 60)]
)
def test_gray_olive_blue_and_orange_are_not(color):
    assert not is_plausible(color_of(plain(color), FACE, (0, 1, 2)))


def test_nine_in_ten_of_those_it_came_from_are_inside():
    rng = np.random.default_rng(0)
    colors = rng.multivariate_normal(CENTER, COVARIANCE, 4000)
    center, _, radius = fit_locus(colors)
    assert center == pytest.approx(CENTER, abs=0.5) and RADIUS / 1.4 < radius < RADIUS * 1.4


def test_tones_follow_the_typology_angle():
    assert [tone(np.array(c)) for c in ([75, 10, 15], [60, 12, 20], [40, 12, 18])] == [
        "light", "medium", "dark",
    ]  # fmt: skip


def test_a_covered_cheek_does_not_count():
    picture = plain((200, 150, 120))
    picture[:18, 21:40] = (40, 90, 200)
    (skin,) = find_skin(picture, [FACE])
    assert skin.regions == (0, 2)


def test_a_face_too_small_to_be_judged_is_left_out():
    assert find_skin(plain((200, 150, 120), 8), [FACE]) == []


def test_a_face_is_found(portrait):
    pytest.importorskip("mediapipe", reason="faces need the measure extra")
    photo = np.array(Image.fromarray(portrait).resize((256, 256)))
    (skin,) = find_skin(photo, FaceFinder().find(photo))
    middle = np.mean([region.mean(0) for region in skin.face.regions], 0)
    assert middle == pytest.approx([0.44, 0.21], abs=0.06)
    assert is_plausible(color_of(photo, skin.face, skin.regions))
