"""A full disk where the plug-in's GEGL would put what its memory does not hold."""

import numpy as np
import pytest

from colorfix_core import Lut3D
from tests.gimp.profile_setup import install
from tests.gimp.session import Gimp

PROFILE = "/tmp/colorfix-disk-full"
CACHE = "256 << 20"
APPLY_LUT = "plug-in-apply-color-lut"


@pytest.fixture
def cramped(place):
    """A GIMP that swaps to a full disk, and a plug-in that has to swap early."""
    if not place.is_a_root:
        pytest.skip("a full disk needs a root directory of our own")
    folder = place.outside(install(place, PROFILE, '(swap-path "/mnt")'))
    encodings = folder / "colorfix_gimp/layers/encodings.py"
    assert CACHE in encodings.read_text()
    encodings.write_text(encodings.read_text().replace(CACHE, "1 << 20"))
    session = Gimp(place, PROFILE, [place.console, "-i"])
    yield session
    session.quit()


def test_what_must_not_change_does_not_depend_on_the_disk(cramped):
    table = Lut3D.identity(9).table.copy()
    table[..., 0] /= 2
    Lut3D(table).save(cramped.path / "look.cube")
    image = cramped.new_image(1500, 1024, "FLOAT_LINEAR")
    before = np.random.default_rng(0).random((1024, 1500, 4), np.float32)
    layer = cramped.new_layer(image, before)
    cramped.select_rectangle(image, (100, 100, 600, 600))
    look = f"{cramped.folder}/look.cube"
    status = cramped.run(image, [layer], procedure=APPLY_LUT, lut_file=look)
    after = cramped.pixels(layer)
    assert status == ("success", "")
    np.testing.assert_array_equal(after[..., 3], before[..., 3])
    inside = np.s_[100:700, 100:700]
    assert (after[inside][..., 0] < before[inside][..., 0]).mean() > 0.99
    after[inside] = before[inside]
    np.testing.assert_array_equal(after, before)
