"""Every kind of image: the filter does to it what the core does to the same colours."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.pixels.thumbnail import thumbnail

FLOAT = "R'G'B'A float"
PRECISIONS = [
    f"{kind}_{curve}"
    for kind in ("U8", "U16", "U32", "HALF", "FLOAT", "DOUBLE")
    for curve in ("NON_LINEAR", "LINEAR", "PERCEPTUAL")
]


@pytest.fixture(scope="session")
def colors() -> np.ndarray:
    """Noise of all colours with soft, hard and zero alpha, (64, 96, 4) float32."""
    noise = np.random.default_rng(1).random((64, 96, 4), np.float32)
    noise[..., 2] *= 0.25  # a cast, so that there is something to correct
    noise[:8, :, 3], noise[8:32, :, 3] = 0, 1
    return noise


def corrected_by_core(gimp, before: np.ndarray) -> np.ndarray:
    """What the core makes of float colours with the LUT that the filter has just saved."""
    result = Lut3D.load(gimp.path / "kind.cube").apply(before)
    clear = before[..., 3] == 0
    result[clear] = before[clear]
    return result


def as_stored(gimp, image, colors) -> np.ndarray:
    """The numbers that an image's layers hold for float colours."""
    return gimp.pixels(gimp.new_layer(image, colors, format=FLOAT))


def correct(gimp, image, layer, **arguments) -> None:
    status = gimp.run(image, [layer], lut_file=f"{gimp.folder}/kind.cube", **arguments)
    assert status == ("success", "")


def distance(stored: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, in steps of what is stored or of the six digits in a .cube file."""
    difference = np.abs(stored.astype(np.float64) - expected.astype(np.float64)).max()
    step = {"u1": 1, "u2": 1, "u4": 2**14, "f2": 2**-11, "f4": 4e-6, "f8": 4e-6}
    return difference / step[stored.dtype.str[1:]]


@pytest.mark.every_gimp
@pytest.mark.parametrize("precision", PRECISIONS)
def test_result_is_the_core_s(gimp, colors, precision):
    image = gimp.new_image(96, 64, precision)
    layer = gimp.new_layer(image, colors, format=FLOAT)
    before, stored = gimp.pixels(layer, FLOAT), gimp.pixels(layer)
    correct(gimp, image, layer)
    expected = as_stored(gimp, image, corrected_by_core(gimp, before))
    assert distance(gimp.pixels(layer), expected) <= 1
    assert np.array_equal(gimp.pixels(layer)[..., 3], stored[..., 3])
    assert np.array_equal(gimp.pixels(layer)[:8], stored[:8])  # colours under zero alpha


@pytest.mark.parametrize("precision", PRECISIONS)
def test_selection_protects_the_rest_to_the_bit(gimp, colors, precision):
    image = gimp.new_image(96, 64, precision)
    layer = gimp.new_layer(image, colors, format=FLOAT)
    before, stored = gimp.pixels(layer, FLOAT), gimp.pixels(layer)
    gimp.select_ellipse(image, (20, 5, 50, 50))
    correct(gimp, image, layer)
    selection, after = gimp.selection(image), gimp.pixels(layer)
    outside, inside = selection == 0, selection == 1
    assert outside.any() and inside.any()
    assert np.array_equal(after[outside], stored[outside])
    assert np.array_equal(after[..., 3], stored[..., 3])
    expected = as_stored(gimp, image, corrected_by_core(gimp, before))
    assert distance(after[inside], expected[inside]) <= 1


def test_selection_edge_is_blended(gimp, colors):
    opaque = colors.copy()
    opaque[..., 3] = 1
    image = gimp.new_image(96, 64, "FLOAT_LINEAR")
    layer = gimp.new_layer(image, opaque, format=FLOAT)
    linear = gimp.pixels(layer)
    gimp.select_ellipse(image, (20, 5, 50, 50), feather=15)
    correct(gimp, image, layer)
    selection = gimp.selection(image)[..., None]
    whole = as_stored(gimp, image, corrected_by_core(gimp, opaque))
    expected = linear + selection * (whole - linear)
    assert np.abs(gimp.pixels(layer) - expected).max() < 1e-3


def test_values_beyond_white_and_black_are_kept(gimp, colors):
    wide = colors * 3 - 1
    wide[..., 3] = 1
    image = gimp.new_image(96, 64, "FLOAT_NON_LINEAR")
    layer = gimp.new_layer(image, wide)
    correct(gimp, image, layer)
    # The file reaches as far by a curve before its table, which is not as fine out there.
    differences = np.abs(gimp.pixels(layer) - corrected_by_core(gimp, wide))
    assert np.median(differences) < 1e-4 and np.quantile(differences, 0.99) < 0.06
    assert gimp.pixels(layer).max() > 1.5


@pytest.mark.every_gimp
@pytest.mark.parametrize("name", ["adobe-rgb", "display-p3", "prophoto"])
@pytest.mark.parametrize("precision", ["U8_NON_LINEAR", "U16_NON_LINEAR", "FLOAT_LINEAR"])
def test_icc_profile_is_converted(gimp, profiles, colors, name, precision):
    image = gimp.new_image(96, 64, precision, profile=profiles[name])
    layer = gimp.new_layer(image, colors, format=FLOAT)
    before, stored = gimp.pixels(layer, FLOAT), gimp.pixels(layer)
    correct(gimp, image, layer)
    expected, after = as_stored(gimp, image, corrected_by_core(gimp, before)), gimp.pixels(layer)
    shown = stored[..., 3] > 0
    assert distance(after[shown], expected[shown]) <= (1 if precision[0] == "U" else 8)
    assert np.array_equal(after[..., 3], stored[..., 3])


@pytest.mark.parametrize("name", ["adobe-rgb", "prophoto"])
@pytest.mark.parametrize("precision", ["U8_NON_LINEAR", "U16_NON_LINEAR", "HALF_NON_LINEAR"])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_profile_does_not_break_what_is_protected(
    gimp, profiles, colors, name, precision, channels
):
    image = gimp.new_image(96, 64, precision, profile=profiles[name])
    format = FLOAT if channels == 4 else "R'G'B' float"
    layer = gimp.new_layer(image, colors[..., :channels], format=format)
    stored = gimp.pixels(layer)
    gimp.select_ellipse(image, (20, 5, 50, 50))
    correct(gimp, image, layer)
    kept, after = gimp.selection(image) == 0, gimp.pixels(layer)
    if channels == 4:
        kept |= stored[..., 3] == 0
        assert np.array_equal(after[..., 3], stored[..., 3])
    assert np.array_equal(after[kept], stored[kept])
    assert not np.array_equal(after[~kept], stored[~kept])


def test_layer_without_alpha_stays_without(gimp, colors):
    image = gimp.new_image(96, 64)
    layer = gimp.new_layer(image, (colors[..., :3] * 255).astype(np.uint8))
    correct(gimp, image, layer)
    assert gimp.pixels(layer).shape == (64, 96, 3)


def test_layer_beyond_the_canvas_is_corrected_whole(gimp, colors):
    image = gimp.new_image(40, 30)
    layer = gimp.new_layer(image, (colors * 255).astype(np.uint8), offset=(-20, -10))
    before = gimp.pixels(layer, FLOAT)
    correct(gimp, image, layer)
    expected = as_stored(gimp, image, corrected_by_core(gimp, before))
    assert distance(gimp.pixels(layer), expected) <= 1


def test_selection_moves_with_the_layer_s_offset(gimp, colors):
    image = gimp.new_image(200, 200, "U16_NON_LINEAR")
    layer = gimp.new_layer(image, colors, offset=(70, 90), format=FLOAT)
    stored = gimp.pixels(layer)
    gimp.select_ellipse(image, (80, 100, 40, 30))
    correct(gimp, image, layer)
    outside = gimp.selection(image)[90:154, 70:166] == 0
    changed = (gimp.pixels(layer) != stored).any(-1)
    assert changed.any() and not changed[outside].any()


def test_prediction_looks_at_the_selection_alone(gimp, colors):
    """What lies outside the selection, or is transparent, has no say."""
    luts = []
    for stranger in (0.0, 1.0):
        mixed = colors.copy()
        mixed[:8, :, :3] = stranger  # transparent
        mixed[40:, :, :3] = stranger  # not selected
        image = gimp.new_image(96, 64, "FLOAT_NON_LINEAR")
        layer = gimp.new_layer(image, mixed)
        gimp.select_rectangle(image, (0, 0, 96, 40))
        correct(gimp, image, layer)
        luts.append(Lut3D.load(gimp.path / "kind.cube").table)
    assert np.array_equal(*luts)


def test_whole_layer_can_be_sampled_for_a_selection(gimp, colors):
    image = gimp.new_image(96, 64, "FLOAT_NON_LINEAR")
    layer = gimp.new_layer(image, colors)
    correct(gimp, image, layer)
    without_selection = Lut3D.load(gimp.path / "kind.cube").table
    gimp.write(layer, colors)
    gimp.select_rectangle(image, (0, 0, 96, 40))
    correct(gimp, image, layer, sample_from="layer")
    assert np.array_equal(Lut3D.load(gimp.path / "kind.cube").table, without_selection)


def test_alpha_lock_is_no_obstacle(gimp, colors):
    image = gimp.new_image(96, 64, "U32_NON_LINEAR")
    layer = gimp.new_layer(image, colors, format=FLOAT)
    stored = gimp.pixels(layer)
    gimp.execute("Gimp.Item.get_by_id(l).set_lock_alpha(True)", l=layer)
    correct(gimp, image, layer)
    assert np.array_equal(gimp.pixels(layer)[..., 3], stored[..., 3])
    assert (gimp.pixels(layer)[10:] != stored[10:]).any()


def test_layer_mask_and_group_do_not_matter(gimp, colors):
    image = gimp.new_image(96, 64, "FLOAT_NON_LINEAR")
    group = gimp.execute(
        "image = Gimp.Image.get_by_id(i); group = Gimp.GroupLayer.new(image, 'set')\n"
        "image.insert_layer(group, None, 0)\nresult = group.get_id()",
        i=image,
    )
    layer = gimp.new_layer(image, colors, parent=group)
    gimp.execute(
        "layer = Gimp.Item.get_by_id(l)\nlayer.add_mask(layer.create_mask(Gimp.AddMaskType.BLACK))",
        l=layer,
    )
    for output in ("replace", "new-layer", "keep-copy"):
        gimp.write(layer, colors)
        correct(gimp, image, layer, output=output)
    assert np.abs(gimp.pixels(layer) - corrected_by_core(gimp, colors)).max() < 2e-6
    inside = gimp.execute(
        "result = [(i.get_name(), i.get_mask() is not None)"
        " for i in Gimp.Item.get_by_id(g).get_children()]",
        g=group,
    )
    names = ("Remove Colored Lighting", "photo", "photo (original)")
    assert inside == [(name, True) for name in names]


def test_floating_selection_is_corrected(gimp, colors):
    image = gimp.new_image(96, 64)
    layer = gimp.new_layer(image, (colors * 255).astype(np.uint8))
    gimp.select_rectangle(image, (10, 20, 40, 30))
    floating = gimp.execute(
        "Gimp.edit_copy([Gimp.Item.get_by_id(l)])\n"
        "result = Gimp.edit_paste(Gimp.Item.get_by_id(l), True)[0].get_id()",
        l=layer,
    )
    before, below = gimp.pixels(floating, FLOAT), gimp.pixels(layer)
    correct(gimp, image, floating)
    expected = corrected_by_core(gimp, before)
    visible = before[..., 3] > 0
    assert np.abs(gimp.pixels(floating, FLOAT) - expected)[visible].max() < 1 / 255
    assert np.array_equal(gimp.pixels(layer), below)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 3)])
def test_odd_sizes(gimp, size):
    height, width = size
    image = gimp.new_image(width, height)
    layer = gimp.new_layer(image, np.full((height, width, 3), (180, 60, 120), np.uint8))
    before = gimp.pixels(layer, FLOAT)
    correct(gimp, image, layer)
    expected = as_stored(gimp, image, corrected_by_core(gimp, before))
    assert distance(gimp.pixels(layer), expected[..., :3]) <= 1


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("size", [(224, 224), (300, 500), (1000, 777), (90, 2000)])
def test_thumbnail_from_strips_is_the_core_s(gimp, installed, size, weighted, channels):
    """A layer reduced strip by strip and the core's thumbnail of the whole are the same."""
    rng = np.random.default_rng(3)
    colors = rng.random((*size, channels), np.float32)
    weights = rng.random(size, np.float32) * (rng.random(size) > 0.5) if weighted else None
    reduced = gimp.execute(
        "import sys; sys.path.insert(0, folder)\n"
        "from colorfix_core.pixels.thumbnail import ThumbnailBuilder\n"
        "height, width = pixels.shape[:2]\n"
        "builder = ThumbnailBuilder(height, width)\n"
        "for top in range(0, height, 37):\n"
        "    part = slice(top, top + 37)\n"
        "    builder.add(top, pixels[part], None if weights is None else weights[part])\n"
        "small = builder.result()\n"
        "result = small.picture, small.weights",
        folder=f"{installed}/plug-ins/remove-colored-lighting",
        pixels=colors,
        weights=weights,
    )
    assert np.abs(thumbnail(*reduced) - thumbnail(colors[..., :3], weights)).max() < 1e-5


def test_memory_does_not_grow_with_the_layer(gimp, installed):
    """Looking at 24 megapixels and correcting them needs less than one copy of them."""
    Lut3D.identity(9).save(gimp.path / "same.cube")
    image = gimp.new_image(6000, 4000)
    megabytes = gimp.execute(
        "import sys, tracemalloc; sys.path.insert(0, folder)\n"
        "from colorfix_gimp import engine, runtime; runtime.connect()\n"
        "from colorfix_gimp.dialogs.views import overview\n"
        "from colorfix_gimp.layers.correct import correct\n"
        "from colorfix_gimp.prediction.sampling import thumbnail_of\n"
        "image = Gimp.Image.get_by_id(i)\n"
        "layer = Gimp.Layer.new(image, 'big', 6000, 4000, Gimp.ImageType.RGBA_IMAGE, 100,"
        " Gimp.LayerMode.NORMAL)\n"
        "image.insert_layer(layer, None, 0)\n"
        "layer.fill(Gimp.FillType.WHITE)\n"
        "lut = engine.call('lut_in_file', look)\n"
        "tracemalloc.start()\n"
        "for _ in thumbnail_of(layer, True): pass\n"
        "for _ in overview(layer): pass\n"
        "correct(image, [layer], [lut], 'replace', '')\n"
        "result = tracemalloc.get_traced_memory()[1] / 1e6\n"
        "tracemalloc.stop()",
        i=image,
        look=f"{gimp.folder}/same.cube",
        folder=f"{installed}/plug-ins/remove-colored-lighting",
    )
    assert megabytes < 70
