"""What light a correction speaks of."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color import srgb
from colorfix_core.found_light import found_light
from colorfix_core.pixels.thumbnail import Thumbnail

LIGHTS = {
    "magenta": (1.0, 0.3, 0.9), "red": (1.0, 0.25, 0.25), "green": (0.3, 1.0, 0.3),
    "blue": (0.25, 0.35, 1.0), "yellow": (1.0, 0.85, 0.3),
}  # fmt: skip


def correction(light) -> Lut3D:
    """Takes a light away by gains of the channels."""
    linear = srgb.decode(Lut3D.identity(33).table.astype(float)) / light
    return Lut3D(srgb.encode(linear * min(light)).clip(0, 1))


def lit(picture: np.ndarray, light) -> Thumbnail:
    colors = srgb.encode(srgb.decode(picture[::4, ::4] / 255.0) * light).astype(np.float32)
    return Thumbnail(colors, np.ones(colors.shape[:2], np.float32))


@pytest.mark.parametrize("name", LIGHTS)
def test_a_light_has_its_name(name, portrait):
    light = np.array(LIGHTS[name])
    found = found_light(correction(light), lit(portrait, light))
    assert (found.strength, found.hue) == ("strong", name)


def test_swatches_show_the_light_and_gray(portrait):
    light = np.array(LIGHTS["magenta"])
    found = found_light(correction(light), lit(portrait, light))
    before = srgb.decode(np.array(found.before))
    assert before / before.max() == pytest.approx(light, abs=0.15)
    assert np.ptp(found.after) < 0.06


def test_the_identity_finds_no_light(portrait):
    found = found_light(Lut3D.identity(33), lit(portrait, np.ones(3)))
    assert found.strength == "none"


def test_a_picture_without_gray_is_judged_by_the_lut_alone():
    light = np.array(LIGHTS["green"])
    red = Thumbnail(np.full((8, 8, 3), [0.8, 0.1, 0.1], np.float32), np.ones((8, 8), np.float32))
    assert found_light(correction(light), red).hue == "green"


def test_a_slight_light_is_called_so(portrait):
    light = np.array([1.0, 0.93, 0.85])
    assert found_light(correction(light), lit(portrait, light)).strength in ("slight", "clear")
