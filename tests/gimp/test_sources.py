"""Layers drawn from a text, a path or a linked file: corrected for good, as one step to undo."""

import time

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.every_gimp

# Each draws a layer of 120 x 80 pixels into `image`.
TEXT = """
font = Gimp.context_get_font()
layer = Gimp.TextLayer.new(image, "Light", font, 40, Gimp.Unit.pixel())
image.insert_layer(layer, None, 0)
layer.set_color(Gegl.Color.new("#c04080"))
"""
VECTOR = """
path = Gimp.Path.new(image, "box")
image.insert_path(path, None, 0)
stroke = path.bezier_stroke_new_moveto(10, 10)
for x, y in ((100, 10), (100, 70), (10, 70)):
    path.bezier_stroke_lineto(stroke, x, y)
path.stroke_close(stroke)
layer = Gimp.VectorLayer.new(image, path)
image.insert_layer(layer, None, 0)
layer.set_enable_fill(True)
layer.set_fill_color(Gegl.Color.new("#c04080"))
layer.refresh()
"""
LINK = """
layer = Gimp.LinkLayer.new(image, Gio.File.new_for_path(file))
image.insert_layer(layer, None, 0)
"""
CLASSES = {"TextLayer": TEXT, "VectorLayer": VECTOR, "LinkLayer": LINK}


@pytest.fixture(params=CLASSES)
def drawn(request, gimp, magenta_portrait):
    """An image and its layer, which GIMP draws from a text, a path or a file."""
    return draw(gimp, request.param, magenta_portrait)


@pytest.fixture
def link(gimp, magenta_portrait):
    """An image and its layer, which is linked to a file."""
    return draw(gimp, "LinkLayer", magenta_portrait)


def draw(gimp, name: str, picture: np.ndarray) -> tuple[int, int]:
    if not gimp.execute("result = hasattr(Gimp, name)", name=name):
        pytest.skip("this GIMP has no such layers")
    link_to(gimp, picture)
    image = gimp.new_image(120, 80)
    layer = gimp.execute(
        f"image = Gimp.Image.get_by_id(i)\n{CLASSES[name]}result = layer.get_id()",
        i=image,
        file=f"{gimp.folder}/linked.png",
    )
    assert np.ptp(gimp.pixels(layer)) > 50
    return image, layer


def link_to(gimp, picture: np.ndarray) -> None:
    """Have this picture in the file that layers are linked to."""
    Image.fromarray(picture[:80, :120]).save(gimp.path / "linked.png")


def enlarged(gimp, layer: int) -> np.ndarray:
    """A layer's colors after a change of its size, for which GIMP draws anew what it draws."""
    gimp.execute("Gimp.Item.get_by_id(l).scale(240, 160, False)", l=layer)
    return gimp.pixels(layer)


def follows_its_source(gimp, layer: int) -> bool:
    """Whether GIMP may draw a layer anew; before 3.2 it does not tell."""
    return gimp.execute(
        "layer = Gimp.Item.get_by_id(l)\n"
        "result = hasattr(layer, 'is_rasterized') and not layer.is_rasterized()",
        l=layer,
    )


def color(pixels: np.ndarray) -> np.ndarray:
    """The mean color of what is opaque."""
    return pixels[pixels[..., 3] > 250][:, :3].mean(0)


def far(one: np.ndarray, other: np.ndarray) -> float:
    """How far apart the colors of two layers are."""
    return np.abs(color(one) - color(other)).max()


def test_correction_lasts(gimp, drawn):
    image, layer = drawn
    before, name = gimp.pixels(layer), gimp.layers(image)[0][0]
    assert gimp.run(image, [layer]) == ("success", "")
    corrected = gimp.pixels(layer)
    assert far(corrected, before) > 10
    assert not follows_its_source(gimp, layer)
    assert far(enlarged(gimp, layer), corrected) < 2
    assert gimp.layers(image)[0] == (name, layer)


def test_correction_in_a_new_layer_lasts(gimp, drawn):
    image, layer = drawn
    before, follows = gimp.pixels(layer), follows_its_source(gimp, layer)
    assert gimp.run(image, [layer], output="new-layer") == ("success", "")
    (name, new), (_name, old) = gimp.layers(image)
    corrected = gimp.pixels(new)
    assert (name, old) == ("Remove Colored Lighting", layer)
    assert far(corrected, before) > 10
    assert not follows_its_source(gimp, new)
    assert far(enlarged(gimp, new), corrected) < 2
    assert np.array_equal(gimp.pixels(layer), before)
    assert follows_its_source(gimp, layer) == follows


def test_a_changed_file_changes_what_is_linked_alone(gimp, link, portrait):
    image, layer = link
    assert gimp.run(image, [layer], output="keep-copy") == ("success", "")
    (_name, _layer), (_name, original) = gimp.layers(image)
    corrected, before = gimp.pixels(layer), gimp.pixels(original)
    link_to(gimp, 255 - portrait)
    deadline = time.monotonic() + 20
    while np.array_equal(gimp.pixels(original), before):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    time.sleep(1)
    assert np.array_equal(gimp.pixels(layer), corrected)
