"""What the engine does with the user's last word."""

import numpy as np

from colorfix_core import Lut3D
from colorfix_core.color.gamut import Wider
from colorfix_core.engine.operations import corrections, strips, views
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pixels.guided_filter import follow_edges
from colorfix_core.pixels.views import View
from tests.helpers.lut_examples import smooth_lut

NOTHING = {
    "strength": 1.0, "keep_brightness": False, "film_contrast": False, "temperature": 0.0,
    "tint": 0.0, "exposure": 0.0, "saturation": 0.0, "picks": [],
}  # fmt: skip


def two_lights() -> MaskedLuts:
    ramp = np.linspace(0, 1, 28, dtype=np.float32)[None].repeat(28, 0)
    mask = follow_edges(ramp, np.zeros((28, 28, 3), np.float32))
    return MaskedLuts((Lut3D.identity(5), Lut3D(Lut3D.identity(5).table * 0.5)), (mask,))


def test_nothing_turned_is_the_lut_itself():
    lut = smooth_lut(9)
    assert corrections.adjusted([lut], NOTHING) == [lut]


def test_a_pick_travels_as_a_kind_and_numbers():
    (lut,) = corrections.adjusted(
        [Lut3D.identity(33)], {**NOTHING, "picks": [["neutral", [0.6, 0.3, 0.5]]]}
    )
    assert np.ptp(lut.evaluate([[0.6, 0.3, 0.5]])) < 0.02


def test_wide_luts_are_coarse_while_a_slider_moves():
    wide = smooth_lut(33).widened(Wider(1.0))
    quick = corrections.coarse(wide)
    colors = np.random.default_rng(0).uniform(0.1, 0.9, (200, 3))
    assert quick.size <= 40 < wide.size
    assert np.abs(quick.evaluate(colors) - wide.evaluate(colors)).mean() < 0.002
    assert corrections.coarse(smooth_lut(33)).size == 33


def test_strips_of_several_lights_are_corrected_where_they_lie():
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 4), np.uint8)
    whole, _hidden = strips.corrected(two_lights(), pixels, None, (0, 0, 40, 30))
    part, _hidden = strips.corrected(two_lights(), pixels[10:20], None, (10, 0, 40, 30))
    np.testing.assert_array_equal(part, whole[10:20])


def test_shares_of_lights_sum_to_one():
    pixels = np.zeros((8, 9, 3), np.uint8)
    shares = [strips.share(two_lights(), number, pixels, (0, 0, 8, 9)) for number in (0, 1)]
    np.testing.assert_allclose(shares[0] + shares[1], 1, atol=1e-6)


def test_the_refined_view_is_corrected_before_it_is_shrunk():
    checks = np.indices((64, 64)).sum(0) % 2 * 255
    pixels = np.repeat(checks[..., None], 4, -1).astype(np.uint8)
    pixels[..., 3] = 255
    dark = Lut3D(Lut3D.identity(33).table ** 3)
    seen = vars(View.of(pixels, 255))
    fine = views.shown_finely(seen, dark, 16, 16)
    assert abs(int(fine[8, 8, 0]) - 127) <= 2  # the other way round it would be 32


def test_a_mask_is_written_as_16_bit_gray(tmp_path):
    from colorfix_core.files import png16

    corrections.saved_mask([np.full((2, 3), 0.5, np.float32)] * 2, str(tmp_path / "mask.png"))
    with open(tmp_path / "mask.png", "rb") as stream:
        found = png16.read(stream)
    assert found.shape == (4, 3, 3) and (found == 32768).all()


def test_each_light_is_judged_where_it_falls(portrait):
    from colorfix_core.color import srgb

    picture = portrait[::4, ::4] / np.float32(255)
    lamps = np.float32([[0.3, 0.45, 1.0], [1.0, 0.5, 0.15]])
    left = np.arange(128)[None, :, None] < 64
    lit = srgb.encode(srgb.decode(picture) * np.where(left, *lamps)).astype(np.float32)
    grid = srgb.decode(Lut3D.identity(33).table.astype(float))
    luts = [Lut3D(srgb.encode(grid / lamp * lamp.min()).clip(0, 1)) for lamp in lamps]
    share = np.zeros((28, 28), np.float32)
    share[:, 14:] = 1
    mask = follow_edges(share, np.zeros((128, 128, 3), np.float32))
    found = corrections.lights_of(luts, [mask], lit, np.ones((128, 128), np.float32))
    assert [one["hue"] for one in found] == ["blue", "orange"]
