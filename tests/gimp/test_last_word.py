"""Trims, picks, candidates and several lights, in a GIMP without windows."""

import numpy as np
import pytest
from PIL import Image

from colorfix_core import ColorFixer, Lut3D
from colorfix_core.adjustments.adjusted import Adjustments, adjusted
from colorfix_core.adjustments.trims import Trims
from colorfix_core.color.difference import ciede2000, srgb_to_lab
from tests.core.test_fixer import lit_from_two_sides

pytestmark = pytest.mark.every_gimp

LEFT_AS_IT_IS = {"candidate": 6}  # so nothing is predicted


@pytest.fixture
def photo(gimp, magenta_portrait):
    image = gimp.new_image(512, 512)
    return image, gimp.new_layer(image, magenta_portrait)


@pytest.fixture(scope="session")
def stage(portrait) -> np.ndarray:
    """The portrait between a blue and a red lamp."""
    return lit_from_two_sides(portrait)


def lab_of(pixels, x: int, y: int, radius: int = 4) -> np.ndarray:
    area = pixels[y - radius : y + radius + 1, x - radius : x + radius + 1, :3]
    return srgb_to_lab(area.reshape(-1, 3).mean(0) / 255)


def test_trims_are_those_of_the_core(gimp, photo, magenta_portrait):
    image, layer = photo
    turned = {"temperature": 30.0, "tint": -20.0, "exposure": 0.4, "saturation": 25.0}
    assert gimp.run(image, [layer], **LEFT_AS_IT_IS, **turned) == ("success", "")
    lut = adjusted(Lut3D.identity(33), Adjustments(trims=Trims(30, -20, 0.4, 25)))
    assert np.abs(gimp.pixels(layer).astype(int) - lut.apply(magenta_portrait)).max() <= 1


def test_the_picture_as_it_is_stays_so(gimp, photo, magenta_portrait):
    image, layer = photo
    gimp.run(image, [layer], **LEFT_AS_IT_IS)
    assert np.array_equal(gimp.pixels(layer), magenta_portrait)


def test_picked_places_become_neutral_and_skin(gimp, photo):
    image, layer = photo
    picks = {"neutral_picks": "340,60,6; 60,490", "skin_picks": "225,120,8"}
    assert gimp.run(image, [layer], **LEFT_AS_IT_IS, **picks) == ("success", "")
    corrected = gimp.pixels(layer)
    for place in ((340, 60, 6), (60, 490, 3)):
        lab = lab_of(corrected, *place)
        assert ciede2000(lab, lab * [1, 0, 0]) < 2
    away = lab_of(corrected, 225, 120, 8)[1:] - [13.9, 15.9]
    assert away @ np.linalg.inv([[21.7, 21.9], [21.9, 56.8]]) @ away < 2.5


def test_what_is_no_place_is_said(gimp, photo):
    image, layer = photo
    status, reason = gimp.run(image, [layer], neutral_picks="here")
    assert status == "execution-error" and "here" in reason


def test_strength_beyond_one_hundred_goes_on(gimp, photo, magenta_portrait):
    image, layer = photo
    once = gimp.new_layer(image, magenta_portrait)
    gimp.run(image, [layer], strength=180.0)
    gimp.run(image, [once])
    before, moved = magenta_portrait.astype(int), gimp.pixels(layer).astype(int)
    assert np.abs(moved - before).mean() > 1.3 * np.abs(gimp.pixels(once) - before).mean()


def test_thoroughness_reaches_the_network(gimp, photo, magenta_portrait):
    image, layer = photo
    gimp.run(image, [layer], thoroughness=100.0)
    lut = ColorFixer.load("cpu").predict(magenta_portrait, thoroughness=1.0)
    assert np.abs(gimp.pixels(layer).astype(int) - lut.apply(magenta_portrait)).max() <= 2


def test_the_balancers_answer_is_the_fifth_candidate(gimp, photo, magenta_portrait):
    image, layer = photo
    other = gimp.new_layer(image, magenta_portrait)
    gimp.run(image, [layer], candidate=5)
    gimp.run(image, [other], method="balancer")
    assert np.array_equal(gimp.pixels(layer), gimp.pixels(other))


def test_several_lights_are_corrected_where_they_fall(gimp, stage):
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, stage)
    assert gimp.run(image, [layer], lights="several") == ("success", "")
    expected = ColorFixer.load("cpu").predict_local(stage).apply(stage)
    difference = np.abs(gimp.pixels(layer).astype(int) - expected)
    assert difference.mean() < 0.5 and np.quantile(difference, 0.999) <= 3


@pytest.mark.parametrize("alpha", [False, True])
def test_layers_with_masks_show_the_same(gimp, stage, alpha):
    """Also where it is half transparent."""
    pixels = stage
    if alpha:
        fading = np.tile(np.linspace(0, 255, 512).astype(np.uint8), (512, 1))
        pixels = np.dstack([stage, fading])
    image = gimp.new_image(512, 512)
    plain, other = gimp.new_layer(image, pixels), gimp.new_layer(image, pixels)
    gimp.run(image, [plain], lights="several")
    status = gimp.run(image, [other], lights="several", output="masked-layers")
    assert status == ("success", "")
    group = gimp.layers(image)[0][1]
    names = gimp.execute(
        "group = Gimp.Item.get_by_id(g)\n"
        "result = [(x.get_name(), x.get_mask() is not None) for x in group.get_children()]",
        g=group,
    )
    assert names == [("Light 2", True), ("Light 1", False)]
    shown, expected = gimp.pixels(group).astype(int), gimp.pixels(plain).astype(int)
    seen = expected[..., 3] > 8 if alpha else np.ones(expected.shape[:2], bool)
    assert np.abs(shown[..., :3] - expected[..., :3])[seen].max() <= 2
    if alpha:
        assert np.abs(shown[..., 3] - expected[..., 3]).max() <= 1
    assert np.array_equal(gimp.pixels(other), pixels)


def test_layers_with_masks_are_one_step_to_undo(gimp, stage):
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, stage)
    gimp.run(image, [layer], lights="several", output="masked-layers")
    assert len(gimp.layers(image)) == 2
    gimp.execute("Gimp.get_pdb().lookup_procedure('gimp-image-undo-group-start')")
    assert gimp.layers(image)[1] == ("photo", layer)


def test_one_light_makes_one_new_layer(gimp, photo, magenta_portrait):
    image, layer = photo
    gimp.run(image, [layer], lights="several", output="masked-layers")
    assert [name for name, _number in gimp.layers(image)] == ["Remove Colored Lighting", "photo"]


def test_saved_files_of_several_lights_put_together_are_the_layer(gimp, stage):
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, stage)
    gimp.run(image, [layer], lights="several", lut_file=f"{gimp.folder}/two.cube")
    from colorfix_core.color import srgb

    luts = [Lut3D.load(gimp.path / f"two-{number}.cube") for number in (1, 2)]
    mask = np.asarray(Image.open(gimp.path / "two-mask-2.png")).astype(np.float32)
    share = (mask[..., :1] if mask.ndim == 3 else mask[..., None]) / mask.max().clip(255)
    share = share if mask.max() < 256 else mask.reshape(512, 512, -1)[..., :1] / 65535
    one, two = (srgb.decode(lut.apply(stage.astype(np.float32) / 255)) for lut in luts)
    mixed = srgb.encode(one + share * (two - one)) * 255
    assert np.abs(mixed - gimp.pixels(layer)).max() < 2.5
