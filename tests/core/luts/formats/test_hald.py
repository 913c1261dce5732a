"""HaldCLUT: the layout of its picture, what tells an edited one from any other, and damage."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.files import png, png16
from colorfix_core.luts.formats import hald, layouts
from colorfix_core.messages import listening
from tests.helpers.lut_examples import inside_unit_range, rough_lut, smooth_lut


@pytest.mark.parametrize("level", [2, 3, 8])
def test_the_identity_picture_holds_the_identity(level):
    pixels = hald.identity_pixels(level)
    assert pixels.shape == (level**3, level**3, 4) and pixels.dtype == np.float32
    assert (pixels[..., 3] == 1).all()
    assert np.array_equal(hald.lattice_of(pixels), Lut3D.identity(level**2).table)


def test_a_lattice_survives_as_pixels():
    table = rough_lut(9).table
    assert np.array_equal(hald.lattice_of(hald.pixels_of(table)), table)


@pytest.mark.parametrize("size, level", [((8, 8), 2), ((512, 512), 8), ((4096, 4096), 16),
                                         ((8, 9), None), ((9, 9), None), ((1, 1), None),
                                         ((4913, 4913), None)])  # fmt: skip
def test_only_a_square_of_the_cube_of_2_to_16_has_a_level(size, level):
    assert layouts.level_of(*size) == level


def test_a_look_is_smooth_and_noise_is_rough():
    assert hald.roughness(Lut3D.identity(16).table) < 1e-6
    assert not hald.is_rough(smooth_lut(16).table)
    assert hald.is_rough(rough_lut(16).table)


def test_few_points_tell_nothing_of_roughness():
    assert hald.roughness(rough_lut(4).table) == 0


@pytest.mark.parametrize("level", [2, 3, 8])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_hald_identity_is_red_fastest(level, bits):
    n, file = level**2, io.BytesIO()
    hald.write(Lut3D.identity(n), file, bits)
    file.seek(0)
    pixels = png16.read(file) / 65535 if bits == 16 else np.asarray(Image.open(file)) / 255
    assert pixels.shape == (level**3, level**3, 3)
    first_row = pixels.reshape(-1, 3)[: n + 1]
    assert np.allclose(first_row[n - 1], [1, 0, 0])
    assert np.allclose(first_row[n], [0, 1 / (n - 1), 0], atol=1 / 255)


@pytest.mark.parametrize("size, level", [(4, 2), (17, 7), (9, 3), (33, 8), (64, 8), (65, 9)])
def test_a_hald_level_holds_the_lattice_where_one_does(size, level):
    file = io.BytesIO()
    with listening():
        hald.write(inside_unit_range(smooth_lut(size)), file)
    file.seek(0)
    assert png.header(file).width == level**3


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_a_hald_may_have_a_palette_or_alpha(tmp_path, mode):
    file = io.BytesIO()
    hald.write(Lut3D.identity(4), file, bits=8)
    picture = Image.open(file)
    picture = picture.quantize(256) if mode == "P" else picture.convert(mode)
    picture.save(tmp_path / "look.png")
    assert np.abs(Lut3D.load(tmp_path / "look.png").table - Lut3D.identity(4).table).max() < 1e-6


def hald_file(**changes):
    file = io.BytesIO()
    hald.write(rough_lut(4), file, **changes)
    return file.getvalue()


def hald_with_two_headers():
    """The second one says another size; Pillow believes it."""
    small, large = hald_file(bits=8), io.BytesIO()
    hald.write(rough_lut(9), large, bits=8)
    return small[:33] + large.getvalue()[8:]


DAMAGED_HALDS = {
    "two headers": hald_with_two_headers(),
    "no PNG": b"GIF89a" + bytes(60),
    "cut off": hald_file()[:150],
    "cut off, 8 bits": hald_file(bits=8)[:80],
    "a bit flipped": hald_file()[:100] + bytes([hald_file()[100] ^ 1]) + hald_file()[101:],
    "not a cube": hald_file()[:16] + struct.pack(">II", 9, 9) + hald_file()[24:],
    "level 17": hald_file()[:16] + struct.pack(">II", 4913, 4913) + hald_file()[24:],
    "bomb": hald_file()[:16] + struct.pack(">II", 2**31 - 1, 2**31 - 1) + hald_file()[24:],
    "interlaced": hald_file()[:28] + b"\1" + hald_file()[29:],
}


@pytest.mark.parametrize("case", DAMAGED_HALDS)
def test_a_damaged_hald_is_refused(tmp_path, case):
    (tmp_path / "look.png").write_bytes(DAMAGED_HALDS[case])
    with pytest.raises(LutFileError) as failure:
        Lut3D.load(tmp_path / "look.png")
    assert "\n" not in str(failure.value)


def test_a_damaged_text_beside_the_pixels_does_no_harm(tmp_path):
    for bits in (8, 16):
        data = hald_file(bits=bits)
        text = struct.pack(">I", 5) + b"tEXta\0abc" + b"\0\0\0\0"
        (tmp_path / "look.png").write_bytes(data[:33] + text + data[33:])
        assert Lut3D.load(tmp_path / "look.png").size == 4
