"""Whatever goes wrong: one sentence for the user, and the layer exactly as it was."""

import json
import shutil

import numpy as np
import pytest

from tests.gimp.profile_setup import install
from tests.gimp.session import Gimp

RED = np.full((40, 60, 4), (200, 40, 40, 255), np.uint8)


def refusal(gimp, image, layers, **arguments) -> str:
    """The text of a run that must fail and change neither pixels nor the list of layers."""
    before = gimp.layers(image), [gimp.pixels(layer) for layer in layers]
    status, text = gimp.run(image, layers, **arguments)
    assert status == "execution-error"
    assert gimp.layers(image) == before[0]
    for layer, pixels in zip(layers, before[1], strict=True):
        assert np.array_equal(gimp.pixels(layer), pixels, equal_nan=pixels.dtype.kind == "f")
    return text


def with_layer(gimp, pixels=RED, **kind):
    image = gimp.new_image(60, 40, **kind)
    return image, gimp.new_layer(image, pixels)


def test_no_layer(gimp):
    image, _layer = with_layer(gimp)
    assert "no layer" in refusal(gimp, image, [])


def test_layer_group(gimp):
    image, layer = with_layer(gimp)
    group = gimp.execute(
        "image = Gimp.Image.get_by_id(i); group = Gimp.GroupLayer.new(image, 'set')\n"
        "image.insert_layer(group, None, 0)\n"
        "image.reorder_item(Gimp.Item.get_by_id(layer), group, 0)\nresult = group.get_id()",
        i=image,
        layer=layer,
    )
    assert "group" in refusal(gimp, image, [group])
    assert gimp.run(image, [layer]) == ("success", "")


def test_layer_mask(gimp):
    image, layer = with_layer(gimp)
    mask = gimp.execute(
        "layer = Gimp.Item.get_by_id(l); mask = layer.create_mask(Gimp.AddMaskType.WHITE)\n"
        "layer.add_mask(mask)\nresult = mask.get_id()",
        l=layer,
    )
    assert "not a layer" in refusal(gimp, image, [mask])
    assert gimp.run(image, [layer]) == ("success", "")


def test_gray_image(gimp):
    image = gimp.execute(
        "image = Gimp.Image.new(60, 40, Gimp.ImageBaseType.GRAY)\n"
        "image.insert_layer(Gimp.Layer.new(image, 'grey', 60, 40, Gimp.ImageType.GRAY_IMAGE,"
        " 100, Gimp.LayerMode.NORMAL), None, 0)\nresult = image.get_id()"
    )
    assert "not in color" in refusal(gimp, image, [gimp.layers(image)[0][1]])


def test_locked_pixels(gimp):
    image, layer = with_layer(gimp)
    gimp.execute("Gimp.Item.get_by_id(l).set_lock_content(True)", l=layer)
    assert "locked" in refusal(gimp, image, [layer])
    assert gimp.run(image, [layer], output="new-layer") == ("success", "")
    assert np.array_equal(gimp.pixels(layer), RED)


def test_locked_group(gimp):
    image, layer = with_layer(gimp)
    gimp.execute(
        "image = Gimp.Image.get_by_id(i); group = Gimp.GroupLayer.new(image, 'set')\n"
        "image.insert_layer(group, None, 0)\n"
        "image.reorder_item(Gimp.Item.get_by_id(layer), group, 0)\ngroup.set_lock_content(True)",
        i=image,
        layer=layer,
    )
    for output in ("replace", "new-layer", "keep-copy"):
        assert "locked" in refusal(gimp, image, [layer], output=output)
    assert len(gimp.layers(image)) == 1


def test_one_locked_layer_of_two(gimp):
    image, layer = with_layer(gimp)
    other = gimp.new_layer(image, RED)
    gimp.execute("Gimp.Item.get_by_id(l).set_lock_content(True)", l=other)
    assert "locked" in refusal(gimp, image, [layer, other])


def test_selection_beside_the_layer(gimp):
    image = gimp.new_image(200, 100)
    layer = gimp.new_layer(image, RED)
    gimp.execute(
        "Gimp.Image.get_by_id(i).select_rectangle(Gimp.ChannelOps.REPLACE, 100, 50, 20, 20)",
        i=image,
    )
    assert "selection does not touch" in refusal(gimp, image, [layer])


def test_fully_transparent_layer(gimp):
    clear = RED.copy()
    clear[..., 3] = 0
    image, layer = with_layer(gimp, clear)
    assert "transparent" in refusal(gimp, image, [layer])


def test_not_a_number(gimp):
    broken = (RED / 255).astype(np.float32)
    broken[..., 0] = np.nan
    image, layer = with_layer(gimp, broken, precision="FLOAT_NON_LINEAR")
    assert "NaN" in refusal(gimp, image, [layer])


def test_one_pixel_that_is_no_number_leaves_the_rest_corrected(gimp):
    broken = (RED / 255).astype(np.float32)
    broken[5, 5, 0] = np.nan
    image, layer = with_layer(gimp, broken, precision="FLOAT_NON_LINEAR")
    said = len(gimp.said())
    assert gimp.run(image, [layer])[0] == "success"
    assert "NaN" in gimp.said()[said:]


def test_lut_file_in_a_missing_folder(gimp):
    image, layer = with_layer(gimp)
    text = refusal(gimp, image, [layer], lut_file="/nowhere/look.cube")
    assert "/nowhere/look.cube cannot be written" in text


def test_lut_file_of_unknown_kind(gimp):
    image, layer = with_layer(gimp)
    assert ".cube" in refusal(gimp, image, [layer], lut_file="/tmp/look.xyz")


def test_no_space_for_the_lut(gimp):
    if not gimp.place.is_a_root:
        pytest.skip("a full disk needs a root directory of our own")
    image, layer = with_layer(gimp)
    text = refusal(gimp, image, [layer], lut_file="/mnt/look.cube")
    assert "/mnt/look.cube cannot be written: No space left" in text
    assert gimp.execute("import os; result = os.listdir('/mnt')") == []


def test_one_pixel_is_corrected(gimp):
    image, layer = with_layer(gimp, RED[:1, :1])
    assert gimp.run(image, [layer]) == ("success", "")


@pytest.fixture(scope="module")
def fragile(place):
    """A GIMP of its own, whose plug-in may be broken."""
    profile = "/tmp/colorfix-fragile"
    folder = place.outside(install(place, profile))
    session = Gimp(place, profile, [place.console, "-i"])
    session.plug_in = folder
    yield session
    session.quit()


@pytest.fixture
def broken(fragile):
    """The GIMP whose plug-in may be broken; it is whole again after each test."""
    kept = fragile.plug_in.with_name("kept")
    shutil.copytree(fragile.plug_in, kept)
    yield fragile
    shutil.rmtree(fragile.plug_in)
    kept.rename(fragile.plug_in)


def test_runtime_never_installed(broken):
    (broken.plug_in / "runtime.json").unlink()
    assert "run install.py" in refusal(broken, *wrapped(broken))


def test_runtime_removed(broken):
    (broken.plug_in / "runtime.json").write_text(json.dumps({"site_packages": ["/opt/gone"]}))
    assert "/opt/gone" in refusal(broken, *wrapped(broken))


@pytest.mark.parametrize("what", [".", "colorfix_core", "runtime.json"])
def test_code_that_others_could_change_is_not_run(broken, what):
    (broken.plug_in / what).chmod(0o777)
    text = refusal(broken, *wrapped(broken))
    assert text.startswith("Other users of this computer could change ") and "\n" not in text


def test_packages_that_others_could_change_are_not_imported(broken):
    folder = broken.path / "open-packages"
    folder.mkdir()
    (folder / "numpy.py").write_text("raise SystemExit('imported')")
    folder.chmod(0o777)
    runtime = json.loads((broken.plug_in / "runtime.json").read_text())
    inside = f"{broken.folder}/open-packages"
    runtime["site_packages"].insert(0, inside)
    (broken.plug_in / "runtime.json").write_text(json.dumps(runtime))
    assert f"could change {inside}" in refusal(broken, *wrapped(broken))


def test_runtime_of_another_python(broken):
    """A new GIMP takes over the plug-ins of an older one."""
    site_packages = broken.path / "lib/python3.1/site-packages"
    site_packages.mkdir(parents=True)
    inside = f"{broken.folder}/lib/python3.1/site-packages"
    (broken.plug_in / "runtime.json").write_text(json.dumps({"site_packages": [inside]}))
    assert "installed for Python 3.1, but this GIMP" in refusal(broken, *wrapped(broken))


def test_runtime_of_a_python_that_an_update_has_replaced(broken):
    """As a Flatpak's does, under the filter that was installed."""
    runtime = {"site_packages": ["/opt/gone"], "python": "/opt/gone/bin/python3"}
    (broken.plug_in / "runtime.json").write_text(json.dumps({"runtimes": {"cpython-31": runtime}}))
    assert "installed for Python 3.1, but this GIMP" in refusal(broken, *wrapped(broken))


def test_runtime_incomplete(broken):
    shutil.rmtree(broken.plug_in / "colorfix_core")
    assert "incomplete" in refusal(broken, *wrapped(broken))


def test_weights_missing(broken):
    shutil.rmtree(broken.plug_in / "models")
    text = refusal(broken, *wrapped(broken))
    assert "\n" not in text and text.endswith(".")


def wrapped(gimp):
    image, layer = with_layer(gimp)
    return image, [layer]
