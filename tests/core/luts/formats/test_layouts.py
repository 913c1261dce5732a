"""Which lattice a picture holds: tiles, a HaldCLUT, or one of them beside a preview."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.luts.formats import hald
from colorfix_core.messages import listening
from tests.helpers.lut_examples import inside_unit_range, smooth_lut


def tiles(table, columns):
    """Slices of blue beside and below each other, red to the right and green down."""
    slices = list(table.transpose(2, 1, 0, 3))
    rows = [slices[i : i + columns] for i in range(0, len(slices), columns)]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def loaded(path, pixels):
    Image.fromarray(np.rint(pixels * 255).astype(np.uint8)).save(path)
    return Lut3D.load(path).table


LAYOUTS = [(64, 8), (16, 4), (4, 2), (16, 16), (32, 32), (32, 1), (32, 8), (64, 64), (33, 33)]


@pytest.mark.parametrize("size, columns", LAYOUTS)
@pytest.mark.parametrize("look", [Lut3D.identity, smooth_lut])
def test_tiles_are_read_right(tmp_path, size, columns, look):
    table = inside_unit_range(look(size)).table
    assert np.abs(loaded(tmp_path / "a.png", tiles(table, columns)) - table).max() < 0.51 / 255


@pytest.mark.parametrize("size", [4, 16, 64])
@pytest.mark.parametrize("look", [Lut3D.identity, smooth_lut])
def test_a_hald_is_not_taken_for_tiles(tmp_path, size, look):
    table = inside_unit_range(look(size)).table
    assert np.abs(loaded(tmp_path / "a.png", hald.pixels_of(table)) - table).max() < 0.51 / 255


def photograph(height, width):
    """Soft blobs, as far as they are from any look."""
    y, x = np.mgrid[:height, :width][..., None] / 40
    return 0.5 + 0.4 * np.sin(x * [1.0, 1.3, 0.7] + np.cos(y * [0.8, 1.1, 1.4]))


@pytest.mark.parametrize("place", ["left", "right", "above", "below"])
@pytest.mark.parametrize("layout", [hald.pixels_of, lambda table: tiles(table, 8)])
def test_a_preview_beside_the_lattice_is_left_out(tmp_path, place, layout):
    table = inside_unit_range(smooth_lut(64)).table
    parts = [layout(table), photograph(512, 512)[:300, :]]
    axis = 0 if place in ("above", "below") else 1
    if axis == 1:
        parts[1] = photograph(512, 300)
    pixels = np.concatenate(parts if place in ("right", "below") else parts[::-1], axis)
    assert np.abs(loaded(tmp_path / "a.png", pixels) - table).max() < 0.51 / 255


@pytest.mark.parametrize("size", [(600, 400), (640, 520)])
def test_a_photograph_is_no_lut(tmp_path, size):
    with pytest.raises(LutFileError, match="neither a HaldCLUT"):
        loaded(tmp_path / "a.png", photograph(*size))


def test_a_sky_is_no_lut(tmp_path):
    sky = np.linspace(0.2, 0.9, 600)[:, None, None] * np.ones((600, 700, 3))
    with pytest.raises(LutFileError, match="neither a HaldCLUT"):
        loaded(tmp_path / "a.png", sky)


@pytest.mark.parametrize("dtype, full", [("uint8", 255), ("uint16", 65535), ("float32", 1)])
@pytest.mark.parametrize("layout", [hald.pixels_of, lambda table: tiles(table, 4)])
def test_a_tiff_holds_a_lattice_too(tmp_path, dtype, full, layout):
    table = inside_unit_range(smooth_lut(16)).table
    pixels = layout(table) * full
    pixels = pixels if full == 1 else np.rint(pixels)
    tifffile.imwrite(tmp_path / "a.tif", pixels.astype(dtype), photometric="rgb")
    assert np.abs(Lut3D.load(tmp_path / "a.tif").table - table).max() < 0.51 / min(full, 255)


def test_a_damaged_tiff_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((64, 64, 3), np.uint8), photometric="rgb")
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[:200])
    with pytest.raises(LutFileError, match=r"^a\.tif is not a LUT"):
        Lut3D.load(tmp_path / "a.tif")


@pytest.mark.parametrize("size, columns", [(16, 16), (64, 8)])
def test_tiles_with_green_upwards_are_turned_over(tmp_path, size, columns):
    table = inside_unit_range(smooth_lut(size)).table
    with listening() as told:
        found = loaded(tmp_path / "a.png", tiles(table[:, ::-1], columns))
    assert np.abs(found - table).max() < 0.51 / 255 and "upwards" in told[0]


def test_a_photograph_of_a_luts_size_is_told(tmp_path):
    with listening() as told:
        loaded(tmp_path / "a.png", photograph(512, 512))
    assert "photograph" in told[0]


def test_a_picture_with_losses_is_named(tmp_path):
    with pytest.raises(LutFileError, match="a picture with losses"):
        Lut3D.load(tmp_path / "a.jpg")
