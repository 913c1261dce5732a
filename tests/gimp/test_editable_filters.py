"""The output of GIMP's own filters: what they show, where they go, and how they stay."""

import shutil
import time

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.color.difference import ciede2000, srgb_to_lab
from tests.helpers.lut_examples import inside_unit_range, smooth_lut

pytestmark = pytest.mark.every_gimp

APPLY = "plug-in-apply-color-lut"
OPERATIONS = ["gimp:curves"] * 3 + ["gegl:channel-mixer"] + ["gimp:curves"] * 3


@pytest.fixture
def can(gimp):
    """Whether this GIMP has such filters."""
    return gimp.execute("result = (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION) >= (3, 2)")


@pytest.fixture
def look(gimp):
    """A LUT, and its file as GIMP sees it."""
    lut = inside_unit_range(smooth_lut(17, seed=4, amplitude=0.07))
    lut.save(gimp.path / "look.cube")
    return lut, f"{gimp.folder}/look.cube"


def applied(gimp, image, layer, file, **more):
    return gimp.run(
        image, [layer], procedure=APPLY, lut_file=file, output="editable-filters", **more
    )


def filters(gimp, layer):
    """Operation and name of each filter, the lowest first."""
    code = "layer = Gimp.Item.get_by_id(number)\n"
    code += "result = [(f.get_operation_name(), f.get_name()) for f in layer.get_filters()][::-1]"
    return gimp.execute(code, number=layer)


def seen(gimp, image):
    """What an image shows, (h, w, 3) sRGB-encoded floats."""
    code = (
        "image = Gimp.Image.get_by_id(number)\n"
        "layer = Gimp.Layer.new_from_visible(image, image, 'seen')\n"
        "box = RECT(0, 0, image.get_width(), image.get_height())\n"
        "data = layer.get_buffer().get(box, 1.0, \"R'G'B'A float\", NONE)\n"
        "result = np.frombuffer(data, 'f4').reshape(box.height, box.width, 4)[..., :3]"
    )
    return gimp.execute(code, number=image)


def difference(found, wanted):
    labs = [srgb_to_lab(np.asarray(colors, np.float64).clip(0, 1)) for colors in (found, wanted)]
    return ciede2000(*labs)


def only_refused(gimp, image, layer, file):
    """In an older GIMP: one sentence, and nothing has changed."""
    before = gimp.pixels(layer)
    status, sentence = applied(gimp, image, layer, file)
    assert status == "execution-error"
    assert "Editable filters need GIMP 3.2 or later" in sentence
    np.testing.assert_array_equal(gimp.pixels(layer), before)


def test_the_layer_keeps_its_pixels_and_shows_the_correction(gimp, can, look, portrait):
    lut, file = look
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, portrait)
    if not can:
        only_refused(gimp, image, layer, file)
        return
    assert applied(gimp, image, layer, file) == ("success", "")
    assert [operation for operation, _name in filters(gimp, layer)] == OPERATIONS
    assert len({name for _operation, name in filters(gimp, layer)}) == 7
    np.testing.assert_array_equal(gimp.pixels(layer), portrait)
    off = difference(seen(gimp, image), lut.apply(portrait / np.float32(255)))
    assert off.mean() < 0.8
    assert np.quantile(off, 0.95) < 2.4


@pytest.mark.parametrize("precision", [
    "U8_LINEAR", "U16_NON_LINEAR", "U32_LINEAR", "FLOAT_NON_LINEAR", "FLOAT_LINEAR", "HALF_LINEAR",
])  # fmt: skip
def test_every_precision_and_encoding_shows_the_same(gimp, can, look, portrait, precision):
    lut, file = look
    image = gimp.new_image(512, 512, precision)
    colors = portrait / np.float32(255)
    layer = gimp.new_layer(image, colors, format="R'G'B' float")
    if not can:
        only_refused(gimp, image, layer, file)
        return
    assert applied(gimp, image, layer, file) == ("success", "")
    stored = gimp.pixels(layer, format="R'G'B'A float")[..., :3]
    # Eight bits of linear light are too few for the dark, whatever is done to them.
    close = 2.0 if precision == "U8_LINEAR" else 0.8
    assert difference(seen(gimp, image), lut.apply(stored)).mean() < close


@pytest.mark.parametrize("profile", ["adobe-rgb", "prophoto"])
def test_an_image_of_wider_primaries_shows_the_same(gimp, can, look, portrait, profiles, profile):
    lut, file = look
    if not can:
        pytest.skip("this GIMP has no such filters")
    image = gimp.new_image(512, 512, "U16_NON_LINEAR", profile=profiles[profile])
    colors = portrait / np.float32(255)
    layer = gimp.new_layer(image, colors, format="R'G'B' float")
    assert applied(gimp, image, layer, file) == ("success", "")
    assert difference(seen(gimp, image), lut.apply(colors)).mean() < 0.8


GROUP = """
image = Gimp.Image.get_by_id(number)
group = Gimp.GroupLayer.new(image, "group")
image.insert_layer(group, None, 0)
image.reorder_item(image.get_layers()[1], group, 0)
result = group.get_id()
"""
TEXT = """
image = Gimp.Image.get_by_id(number)
font = Gimp.Font.get_by_name("Sans-serif") or Gimp.context_get_font()
text = Gimp.TextLayer.new(image, "Show", font, 200, Gimp.Unit.pixel())
image.insert_layer(text, None, 0)
text.set_color(Gegl.Color.new("purple"))
result = text.get_id()
"""
LINK = """
image = Gimp.Image.get_by_id(number)
link = Gimp.LinkLayer.new(image, Gio.File.new_for_path(folder + "/linked.png"))
image.insert_layer(link, None, 0)
result = link.get_id()
"""
VECTOR = """
image = Gimp.Image.get_by_id(number)
path = Gimp.Path.new(image, "path")
image.insert_path(path, None, 0)
path.bezier_stroke_new_moveto(50, 50)
stroke = path.get_strokes()[0]
for x, y in ((400, 60), (300, 400)):
    path.bezier_stroke_lineto(stroke, x, y)
path.stroke_close(stroke)
vector = Gimp.VectorLayer.new(image, path)
image.insert_layer(vector, None, 0)
vector.set_fill_color(Gegl.Color.new("purple"))
vector.refresh()
result = vector.get_id()
"""


@pytest.mark.parametrize("kind", ["group", "text", "link", "vector"])
def test_layers_whose_pixels_are_made_by_gimp_take_filters(gimp, can, look, portrait, kind):
    if not can:
        pytest.skip("this GIMP has no such filters")
    from PIL import Image

    _lut, file = look
    image = gimp.new_image(512, 512)
    gimp.new_layer(image, portrait)
    Image.fromarray(portrait).save(gimp.path / "linked.png")
    code = {"group": GROUP, "text": TEXT, "link": LINK, "vector": VECTOR}[kind]
    layer = gimp.execute(code, number=image, folder=gimp.folder)
    kind_before = gimp.execute("result = type(Gimp.Item.get_by_id(n)).__name__", n=layer)
    before = seen(gimp, image)
    assert applied(gimp, image, layer, file) == ("success", "")
    assert len(filters(gimp, layer)) == 7
    assert np.abs(seen(gimp, image) - before).max() > 0.02
    assert gimp.execute("result = type(Gimp.Item.get_by_id(n)).__name__", n=layer) == kind_before


def test_called_again_it_replaces_its_own_filters_and_no_others(gimp, can, look, portrait):
    if not can:
        pytest.skip("this GIMP has no such filters")
    lut, file = look
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, portrait)
    gimp.execute(
        "layer = Gimp.Item.get_by_id(n)\n"
        "layer.append_filter(Gimp.DrawableFilter.new(layer, 'gegl:mirrors', 'mine'))",
        n=layer,
    )
    applied(gimp, image, layer, file)
    applied(gimp, image, layer, file, strength=50.0)
    found = filters(gimp, layer)
    assert [name for _operation, name in found if name == "mine"] == ["mine"]
    assert len(found) == 8


def test_an_xcf_file_keeps_the_filters_for_a_gimp_without_the_plug_in(
    gimp, can, look, portrait, place, installed
):
    if not can:
        pytest.skip("this GIMP has no such filters")
    from tests.gimp.session import Gimp

    _lut, file = look
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, portrait)
    applied(gimp, image, layer, file)
    wanted = seen(gimp, image)
    save = "Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, Gimp.Image.get_by_id(n), "
    gimp.execute(save + "Gio.File.new_for_path(p), None)", n=image, p=f"{gimp.folder}/a.xcf")
    # The profile of the tests, which knows GIMP's own plug-ins, without this one.
    shutil.copytree(place.outside(installed), gimp.path / "bare")
    shutil.rmtree(gimp.path / "bare" / "plug-ins")
    bare = Gimp(place, f"{gimp.folder}/bare", [place.console, "-i"])
    try:
        there = bare.execute(
            "assert PDB().lookup_procedure('plug-in-apply-color-lut') is None\n"
            "file = Gio.File.new_for_path(p)\n"
            "result = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file).get_id()",
            p=f"{gimp.folder}/a.xcf",
        )
        (_name, found), *_others = bare.layers(there)
        assert [operation for operation, _name in filters(bare, found)] == OPERATIONS
        assert np.abs(seen(bare, there) - wanted).max() < 1.1 / 255
        assert np.abs(seen(bare, there) - wanted).mean() < 1e-4
    finally:
        bare.quit()


def test_a_look_that_no_curves_make_is_refused_with_the_figure(gimp, can, portrait):
    if not can:
        pytest.skip("this GIMP has no such filters")
    table = np.random.default_rng(0).random((9, 9, 9, 3))
    Lut3D(table).save(gimp.path / "noise.cube")
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, portrait)
    status, sentence = applied(gimp, image, layer, f"{gimp.folder}/noise.cube")
    assert status == "execution-error"
    assert "choose another output" in sentence
    assert filters(gimp, layer) == []


def test_the_predicted_correction_becomes_filters(gimp, can, magenta_portrait):
    if not can:
        pytest.skip("this GIMP has no such filters")
    image, other = gimp.new_image(512, 512), gimp.new_image(512, 512)
    layer = gimp.new_layer(image, magenta_portrait)
    exact = gimp.new_layer(other, magenta_portrait)
    assert gimp.run(other, [exact]) == ("success", "")
    assert gimp.run(image, [layer], output="editable-filters") == ("success", "")
    np.testing.assert_array_equal(gimp.pixels(layer), magenta_portrait)
    off = difference(seen(gimp, image), gimp.pixels(exact) / 255)
    assert off.mean() < 1.2
    assert np.quantile(off, 0.95) < 3


def test_all_filters_are_one_step_to_undo(screen, portrait):
    if not screen.execute("result = (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION) >= (3, 2)"):
        pytest.skip("this GIMP has no such filters")
    inside_unit_range(smooth_lut(17, seed=4, amplitude=0.07)).save(screen.path / "look.cube")
    image = screen.new_image(512, 512, show=True)
    layer = screen.new_layer(image, portrait)
    assert applied(screen, image, layer, f"{screen.folder}/look.cube") == ("success", "")
    assert len(filters(screen, layer)) == 7
    deadline = time.monotonic() + 30
    while len(filters(screen, layer)) == 7 and time.monotonic() < deadline:
        screen.front()  # a window that has just come may miss its first key
        screen.keys("ctrl+z", pause=5)
    assert filters(screen, layer) == []
    assert [name for name, _number in screen.layers(image)] == ["photo"]
