"""What the command colorfix makes of pictures, run as a user runs it."""

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import color

from colorfix_core import ColorFixer, Lut3D
from colorfix_core.pictures import store
from tests.core.cli.checks import hue_distance, pixels_of

ADOBE = imagecodecs.cms_profile("adobergb")


def test_fix_brings_the_colors_closer_to_the_original(colorfix, tmp_path, sample, portrait):
    done = colorfix("fix", sample, "-o", "fixed.png")
    assert done.returncode == 0, done.stderr
    before = hue_distance(pixels_of(sample), portrait)
    assert hue_distance(pixels_of(tmp_path / "fixed.png"), portrait) < 0.7 * before


def test_the_saved_lut_is_what_was_applied(colorfix, tmp_path, photo):
    assert colorfix("fix", photo, "-o", "fixed.png", "--lut", "look.cube").returncode == 0
    wanted = Lut3D.load(tmp_path / "look.cube").apply(pixels_of(photo))
    # The file's six decimals may turn a value that lies between two integers.
    difference = abs(wanted.astype(int) - pixels_of(tmp_path / "fixed.png"))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.001


def test_apply_equals_the_lut(colorfix, tmp_path, photo, red_killer):
    assert colorfix("apply", red_killer, photo, "-o", "out.png").returncode == 0
    wanted = Lut3D.load(red_killer).apply(pixels_of(photo))
    np.testing.assert_array_equal(pixels_of(tmp_path / "out.png"), wanted)


def test_lut_writes_what_fix_applies(colorfix, tmp_path, photo):
    assert colorfix("lut", photo, "-o", "a.cube").returncode == 0
    assert colorfix("fix", photo, "-o", "fixed.png", "--lut", "b.cube").returncode == 0
    tables = [Lut3D.load(tmp_path / name).table for name in ("a.cube", "b.cube")]
    np.testing.assert_array_equal(*tables)


@pytest.mark.parametrize("size", [17, 65])
def test_lut_has_the_size_asked_for(colorfix, tmp_path, photo, size):
    assert colorfix("lut", photo, "-o", "a.cube", "--size", size).returncode == 0
    assert Lut3D.load(tmp_path / "a.cube").size == size


def test_an_adobe_profile_is_predicted_at_its_own_size(colorfix, tmp_path, photo):
    done = colorfix("lut", photo, "-o", "a.xmp")
    assert done.returncode == 0
    assert done.stderr == ""
    assert colorfix("lut", photo, "-o", "b.cube", "--size", 32).returncode == 0
    tables = [Lut3D.load(tmp_path / name).table for name in ("a.xmp", "b.cube")]
    assert np.abs(tables[0] - tables[1]).max() < 2e-5


def test_a_lut_for_a_camera_is_known_by_its_name(colorfix, tmp_path, photo):
    pytest.importorskip("PyOpenColorIO")
    Lut3D.identity(33).save(tmp_path / "ARRI LogC look.cube")
    done = colorfix("apply", "ARRI LogC look.cube", photo, "-o", "out.png")
    assert done.returncode == 0
    assert "ARRI LogC3, giving Rec. 709" in done.stderr
    # What stays as a log is gray on a display.
    assert pixels_of(tmp_path / "out.png").std() < 0.7 * pixels_of(photo).std()
    done = colorfix("apply", "ARRI LogC look.cube", photo, "-o", "same.png", "--lut-space", "srgb")
    assert done.stderr == ""
    np.testing.assert_array_equal(pixels_of(tmp_path / "same.png"), pixels_of(photo))


def test_strength_zero_changes_nothing(colorfix, tmp_path, photo):
    assert colorfix("fix", photo, "-o", "out.png", "--strength", 0).returncode == 0
    np.testing.assert_array_equal(pixels_of(tmp_path / "out.png"), pixels_of(photo))


def test_half_strength_is_half_way(colorfix, tmp_path, photo, red_killer):
    assert colorfix("apply", red_killer, photo, "-o", "o.png", "--strength", 50).returncode == 0
    wanted = Lut3D.load(red_killer).blend(0.5).apply(pixels_of(photo))
    np.testing.assert_array_equal(pixels_of(tmp_path / "o.png"), wanted)


def test_thoroughness_is_passed_on(colorfix, tmp_path, photo):
    assert colorfix("lut", photo, "-o", "a.cube", "--thoroughness", 1).returncode == 0
    wanted = ColorFixer.load("cpu").predict(pixels_of(photo), thoroughness=1.0).table
    np.testing.assert_allclose(Lut3D.load(tmp_path / "a.cube").table, wanted, atol=1e-5)


def test_iterations_and_method_are_passed_on(colorfix, tmp_path, photo):
    asked = ("--iterations", 3, "--method", "balancer")
    assert colorfix("lut", photo, "-o", "3.cube", *asked).returncode == 0
    fixer = ColorFixer.load("cpu")
    wanted = fixer.predict(pixels_of(photo), iterations=3, method="balancer").table
    np.testing.assert_allclose(Lut3D.load(tmp_path / "3.cube").table, wanted, atol=1e-5)
    assert abs(fixer.predict(pixels_of(photo)).table - wanted).max() > 1e-3


def test_brightness_is_kept_if_that_is_asked_for(colorfix, tmp_path, photo):
    asked = ("--keep-brightness", "--lut", "kept.cube")
    assert colorfix("fix", photo, "-o", "kept.png", *asked).returncode == 0
    assert colorfix("lut", photo, "-o", "also.cube", "--keep-brightness").returncode == 0
    kept, also = (Lut3D.load(tmp_path / name).table for name in ("kept.cube", "also.cube"))
    np.testing.assert_array_equal(kept, also)
    wanted = ColorFixer.load("cpu").predict(pixels_of(photo)).keep_luminance().table
    np.testing.assert_allclose(kept, wanted, atol=1e-5)
    before, after = (
        color.rgb2xyz(pixels_of(tmp_path / f"{name}.png"))[..., 1] for name in ("photo", "kept")
    )
    assert abs(after - before).max() < 0.02


def test_info_names_versions_device_and_weights(colorfix):
    done = colorfix("info", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    for word in ("colorfix", "Python", "torch", "CPU engine", "device: cpu", "vae: "):
        assert word in done.stdout


def test_depth_profile_alpha_and_orientation_survive_fix(colorfix, tmp_path, portrait):
    deep = portrait[::8, ::8].astype(np.uint16) * 257
    fade = np.linspace(0, 65535, 64).astype(np.uint16)
    deep = np.dstack([deep, np.broadcast_to(fade, (64, 64))])[:48]
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="rgb", extrasamples=["unassalpha"],
                     iccprofile=ADOBE, extratags=[(0x0112, "H", 1, 6, True)])  # fmt: skip
    done = colorfix("fix", "a.tif", "-o", "b.tif")
    assert done.returncode == 0, done.stderr
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        page = file.pages[0]
        fixed, profile = page.asarray(), page.iccprofile
        orientation = page.tags.valueof(0x0112, 1)
    assert fixed.dtype == np.uint16
    assert fixed.shape == (64, 48, 4)
    np.testing.assert_array_equal(fixed[..., 3], np.rot90(deep, -1)[..., 3])
    assert profile == ADOBE
    assert orientation == 1


def test_16_bit_png_stays_16_bit(colorfix, tmp_path, portrait, red_killer):
    ramp = np.arange(64 * 64 * 3, dtype=np.uint16).reshape(64, 64, 3) * 5
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(ramp))
    assert colorfix("apply", red_killer, "a.png", "-o", "b.png").returncode == 0
    out = imagecodecs.png_decode((tmp_path / "b.png").read_bytes())
    np.testing.assert_array_equal(out, Lut3D.load(red_killer).apply(ramp))
    assert len(np.unique(out)) > 256


def test_hidden_colors_do_not_change_the_prediction(colorfix, tmp_path, photo):
    visible = pixels_of(photo)
    for name, hidden in (("a", 0), ("b", 255)):
        beside = np.full_like(visible, hidden)
        colors = np.hstack([visible, beside])
        alpha = np.hstack([np.full(visible.shape[:2], 255), np.zeros(visible.shape[:2])])
        Image.fromarray(np.dstack([colors, alpha.astype(np.uint8)])).save(tmp_path / f"{name}.png")
        assert colorfix("lut", f"{name}.png", "-o", f"{name}.cube").returncode == 0
    tables = [Lut3D.load(tmp_path / f"{name}.cube").table for name in "ab"]
    np.testing.assert_allclose(*tables, atol=2e-6)


def test_corrected_picture_is_read_like_the_input(colorfix, tmp_path, sample):
    """The whole way through a JPEG: what is read of the result is what was written."""
    assert colorfix("fix", sample, "-o", "fixed.jpg").returncode == 0
    assert store.read(tmp_path / "fixed.jpg").pixels.shape == store.read(sample).pixels.shape
