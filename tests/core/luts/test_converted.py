"""LUTs for other encodings, applied to pictures."""

import numpy as np
import pytest

from colorfix_core.color import srgb
from colorfix_core.luts.converted import ConvertedLut, converted
from colorfix_core.luts.spaces.names import Meaning
from tests.helpers.lut_examples import DTYPES, full_scale, picture, smooth_lut

LINEAR = Meaning("linear", "linear")


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_lut_for_linear_light_gets_linear_light(dtype):
    pytest.importorskip("PyOpenColorIO")
    lut, image = smooth_lut(17, amplitude=0.03), picture(dtype, channels=4)
    found = converted(lut, LINEAR).apply(image) / full_scale(dtype)
    colors = srgb.decode(image[..., :3].astype(np.float64) / full_scale(dtype))
    wanted = srgb.encode(lut.evaluate(colors))
    inside = ((wanted > 0) & (wanted < 1)).all(-1)
    tolerance = {"uint8": 0.51 / 255, "float16": 1e-3}.get(dtype, 2e-5)
    assert np.abs(found[..., :3] - wanted)[inside].max() < tolerance
    np.testing.assert_array_equal(found[..., 3], image[..., 3] / full_scale(dtype))


def test_it_may_write_where_it_reads():
    pytest.importorskip("PyOpenColorIO")
    correction, image = ConvertedLut(smooth_lut(5), LINEAR), picture()
    wanted = correction.apply(image)
    assert correction.apply(image, image) is image
    np.testing.assert_array_equal(image, wanted)


def test_without_strength_nothing_changes():
    pytest.importorskip("PyOpenColorIO")
    assert converted(smooth_lut(5), LINEAR, 0).is_identity
