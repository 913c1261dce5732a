"""Apply Color LUT, Color LUT Identity and Export Identity Layer as LUT, called by scripts."""

import numpy as np
import pytest

from colorfix_core import Lut3D

pytestmark = pytest.mark.every_gimp

APPLY = "plug-in-apply-color-lut"
IDENTITY = "plug-in-color-lut-identity"
EXPORT = "plug-in-export-identity-layer-as-lut"


@pytest.fixture
def look(gimp) -> str:
    """A .cube file with a strong look."""
    table = Lut3D.identity(17).table[..., ::-1] ** 0.7
    Lut3D(table, title="Swapped").save(gimp.path / "look.cube")
    return f"{gimp.folder}/look.cube"


@pytest.fixture
def photo(gimp, portrait):
    image = gimp.new_image(512, 512)
    return image, gimp.new_layer(image, portrait)


@pytest.fixture
def identity(gimp):
    """An identity image and its layer."""
    gimp.run(None, [], procedure=IDENTITY, level=4)
    (image,) = gimp.images()
    return image, gimp.layers(image)[0][1]


def exported(gimp, image, layer, **arguments) -> Lut3D:
    file = f"{gimp.folder}/exported.cube"
    status = gimp.run(image, [layer], procedure=EXPORT, lut_file=file, **arguments)
    assert status == ("success", "")
    return Lut3D.load(gimp.path / "exported.cube")


def test_lut_file_is_applied(gimp, photo, portrait, look):
    image, layer = photo
    assert gimp.run(image, [layer], procedure=APPLY, lut_file=look) == ("success", "")
    expected = Lut3D.load(gimp.path / "look.cube").apply(portrait)
    assert np.abs(gimp.pixels(layer).astype(int) - expected).max() <= 1


def test_lut_file_is_applied_with_strength_to_a_new_layer(gimp, photo, portrait, look):
    image, layer = photo
    gimp.run(image, [layer], procedure=APPLY, lut_file=look, strength=25.0, output="new-layer")
    (name, new), _old = gimp.layers(image)
    expected = Lut3D.load(gimp.path / "look.cube").blend(0.25).apply(portrait)
    assert name == "look"
    assert np.abs(gimp.pixels(new).astype(int) - expected).max() <= 1
    assert np.array_equal(gimp.pixels(layer), portrait)


@pytest.mark.parametrize("extension", [".png", ".3dl", ".spi3d", ".clf"])
def test_other_formats_are_applied(gimp, photo, portrait, extension):
    image, layer = photo
    Lut3D(Lut3D.identity(17).table[..., ::-1]).save(gimp.path / f"other{extension}")
    file = f"{gimp.folder}/other{extension}"
    assert gimp.run(image, [layer], procedure=APPLY, lut_file=file) == ("success", "")
    assert np.abs(gimp.pixels(layer).astype(int) - portrait[..., ::-1]).max() <= 1


@pytest.mark.parametrize("head", ["", "LUT_3D_SIZE 2\n"])
def test_cubes_with_curves_are_applied(gimp, photo, portrait, head):
    """Curves alone, and curves before a table that swaps red and blue."""
    image, layer = photo
    curves = "".join(f"{x:.6f} {x * x:.6f} {x**0.5:.6f}\n" for x in np.linspace(0, 1, 256))
    corners = Lut3D.identity(2).table[..., ::-1].transpose(2, 1, 0, 3).reshape(-1, 3)
    table = "".join(f"{r:g} {g:g} {b:g}\n" for r, g, b in corners) if head else ""
    file = gimp.path / "curves.cube"
    file.write_text(f"LUT_1D_SIZE 256\n{head}{curves}{table}")
    inside = f"{gimp.folder}/curves.cube"
    assert gimp.run(image, [layer], procedure=APPLY, lut_file=inside) == ("success", "")
    exact = (portrait / 255) ** [1, 2, 0.5] * 255
    difference = gimp.pixels(layer) - (exact[..., ::-1] if head else exact)
    assert np.abs(difference).max() < 3 and np.abs(difference).mean() < 0.3


def test_missing_and_broken_lut_files_change_nothing(gimp, photo, portrait):
    image, layer = photo
    (gimp.path / "broken.cube").write_text("LUT_3D_SIZE 17\n0 0 nonsense\n")
    for file, reason in (
        (None, "No LUT file"),
        (f"{gimp.folder}/none.cube", "cannot be read"),
        (f"{gimp.folder}/broken.cube", "line 2"),
    ):
        status, text = gimp.run(image, [layer], procedure=APPLY, lut_file=file)
        assert (status, reason in text) == ("execution-error", True), (file, text)
    assert np.array_equal(gimp.pixels(layer), portrait)


def test_unedited_identity_is_an_identity(gimp, identity):
    assert exported(gimp, *identity).is_identity


def test_identity_holds_every_color_once(gimp, identity):
    _image, layer = identity
    pixels = gimp.pixels(layer, "R'G'B' float")
    assert pixels.shape == (64, 64, 3)
    steps = np.unique((pixels * 15).round(4).reshape(-1, 3), axis=0)
    assert len(steps) == 16**3


def test_edits_become_a_lut(gimp, identity, portrait):
    """Inverting the identity gives the LUT that inverts any photo."""
    image, layer = identity
    gimp.execute("Gimp.Item.get_by_id(l).invert(False)", l=layer)
    lut = exported(gimp, image, layer, lut_size=17)
    assert lut.size == 17
    assert np.abs(lut.apply(portrait).astype(int) - (255 - portrait)).max() <= 1


def test_filters_on_the_identity_count(gimp, identity, portrait):
    image, layer = identity
    gimp.execute(
        "layer = Gimp.Item.get_by_id(l)\n"
        "layer.append_filter(Gimp.DrawableFilter.new(layer, 'gegl:invert-gamma', ''))",
        l=layer,
    )
    lut = exported(gimp, image, layer)
    assert np.abs(lut.apply(portrait).astype(int) - (255 - portrait)).max() <= 1
    assert gimp.execute("result = len(Gimp.Item.get_by_id(l).get_filters())", l=layer) == 1


def test_photo_is_no_identity(gimp, portrait):
    image = gimp.new_image(500, 400)
    layer = gimp.new_layer(image, portrait[:400, :500])
    file = f"{gimp.folder}/no.cube"
    status, text = gimp.run(image, [layer], procedure=EXPORT, lut_file=file)
    assert status == "execution-error"
    assert "not the picture of a LUT" in text
    assert not (gimp.path / "no.cube").exists()


def test_photo_of_an_identity_s_size_is_doubted(gimp, identity, portrait):
    """Nobody is there to read it, so that the warning goes to standard error."""
    image = gimp.new_image(512, 512)
    photo = gimp.new_layer(image, portrait)
    file = f"{gimp.folder}/doubt.cube"
    said = len(gimp.said())
    original, layer = identity
    assert gimp.run(original, [layer], procedure=EXPORT, lut_file=file)[0] == "success"
    assert "does not look" not in gimp.said()[said:]
    assert gimp.run(image, [photo], procedure=EXPORT, lut_file=file)[0] == "success"
    assert "does not look" in gimp.said()[said:]


def test_correction_survives_the_way_over_an_identity(gimp, identity, look, portrait):
    """Apply a LUT to the identity and export it: the same LUT comes out."""
    image, layer = identity
    gimp.run(image, [layer], procedure=APPLY, lut_file=look)
    again = exported(gimp, image, layer, lut_size=16)
    expected = Lut3D.load(gimp.path / "look.cube").apply(portrait)
    assert np.abs(again.apply(portrait).astype(int) - expected).max() <= 12
