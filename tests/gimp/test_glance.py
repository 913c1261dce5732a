"""GIMP's small copy of a layer shows what the layer holds, or is not used."""

import numpy as np
import pytest

from tests.gimp.test_pixels import FLOAT, PRECISIONS

pytestmark = pytest.mark.every_gimp

SETUP = """
import sys; sys.path.insert(0, folder)
from colorfix_gimp import runtime; runtime.connect()
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.prediction.sampling import rough_thumbnail, thumbnail_of
layer = Gimp.Item.get_by_id(l)
glance = Glance.at(layer)
"""
GLANCED = """
found = np.frombuffer(glance.pixels.data, glance.pixels.dtype).reshape(glance.pixels.shape)
result = found / np.float32(1 if found.dtype.kind == "f" else np.iinfo(found.dtype).max)
"""
BOTH_THUMBNAILS = """
steps = thumbnail_of(layer, True)
while True:
    try:
        next(steps)
    except StopIteration as end:
        exact = end.value
        break
rough = rough_thumbnail(glance)
result = [
    [np.frombuffer(p.data, p.dtype).reshape(p.shape) for p in (s.picture, s.weights)]
    for s in (rough, exact)
]
"""


@pytest.fixture
def look(gimp, installed):
    """Runs code in GIMP with a `layer` and the `glance` at it."""

    def run(layer: int, code: str):
        folder = f"{installed}/plug-ins/remove-colored-lighting"
        return gimp.execute(SETUP + code, l=layer, folder=folder)

    return run


def smooth(height: int, width: int) -> np.ndarray:
    """Slow waves of colour, uint8: what averaging in linear or encoded light hardly changes."""
    rows, columns = np.mgrid[:height, :width] / np.float64(max(height, width))
    waves = np.stack([np.sin(9 * rows), np.sin(7 * columns), np.sin(8 * (rows + columns))], -1)
    return (127.5 + 100 * waves).astype(np.uint8)


def distance(gimp, seen: np.ndarray, layer: int) -> float:
    """How far what is seen is from what a layer holds, or from 8-bit sRGB if GIMP shows no more."""
    stored = gimp.pixels(layer, FLOAT)[..., :3]
    if gimp.execute("result = Gimp.MINOR_VERSION") == 0:
        return np.abs(seen[..., :3] - stored).max()
    return np.abs(seen[..., :3] - stored.clip(0, 1)).max() - 0.5 / 255


@pytest.mark.parametrize("precision", PRECISIONS)
def test_small_layers_are_seen_as_they_are(gimp, look, precision):
    image = gimp.new_image(300, 200, precision)
    layer = gimp.new_layer(image, smooth(200, 300), format="R'G'B' u8")
    assert distance(gimp, look(layer, GLANCED), layer) < 1e-3


@pytest.mark.parametrize("name", ["adobe-rgb", "prophoto"])
def test_profiles_are_converted(gimp, look, profiles, name):
    image = gimp.new_image(300, 200, profile=profiles[name])
    layer = gimp.new_layer(image, smooth(200, 300))
    stored = gimp.pixels(layer, FLOAT)[..., :3]
    assert np.abs(stored - smooth(200, 300) / 255).max() > 0.05
    assert distance(gimp, look(layer, GLANCED), layer) < 1e-3


def test_network_is_shown_nearly_the_same(gimp, look):
    colors = np.dstack([smooth(1500, 2500), np.full((1500, 2500), 255, np.uint8)])
    colors[:200], colors[:, :300, 3] = (255, 0, 255, 0), 0  # hidden colours do not count
    layer = gimp.new_layer(gimp.new_image(2500, 1500), colors)
    (rough, rough_weights), (exact, exact_weights) = look(layer, BOTH_THUMBNAILS)
    inner = np.s_[2:-2, 2:-2]  # GIMP's averages mix in what is hidden along the edge
    assert rough.shape == exact.shape
    assert np.abs(rough - exact)[inner].max() < 0.03
    assert np.abs(rough_weights - exact_weights)[inner].max() < 1e-6


def test_selections_and_filters_ask_for_more(gimp, look):
    image = gimp.new_image(300, 200)
    layer = gimp.new_layer(image, smooth(200, 300))
    gimp.select_ellipse(image, (20, 5, 50, 50))
    assert look(layer, "result = glance is None")
    gimp.execute("Gimp.Selection.none(Gimp.Image.get_by_id(i))", i=image)
    assert not look(layer, "result = glance is None")
    gimp.execute(
        "layer = Gimp.Item.get_by_id(l)\n"
        "layer.append_filter(Gimp.DrawableFilter.new(layer, 'gegl:invert-gamma', ''))",
        l=layer,
    )
    assert look(layer, "result = glance is None")


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 2000)])
def test_thin_layers(gimp, look, size):
    layer = gimp.new_layer(gimp.new_image(*size[::-1]), smooth(*size))
    seen = look(layer, GLANCED)
    assert min(seen.shape[:2]) >= 1 and max(seen.shape[:2]) <= 1024
