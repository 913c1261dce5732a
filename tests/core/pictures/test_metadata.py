"""What a file says beside its pixels survives, as far as it stays true."""

import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core.messages import listening
from colorfix_core.pictures import store
from colorfix_core.pictures.metadata import Metadata
from colorfix_core.pictures.picture import Picture
from tests.core.pictures.examples import ADOBE, exif_block, exif_of


@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("bits", [8, 16])
def test_profile_resolution_and_exif_survive(tmp_path, small, deep, extension, bits):
    path = tmp_path / f"a{extension}"
    with listening():  # what JPEG and WebP cannot hold is told
        said = Metadata(exif_block())
        store.write(Picture(small if bits == 8 else deep, ADOBE, said, (300, 300)), path)
    again = store.read(path)
    assert again.profile == ADOBE
    exif = exif_of(again)
    assert exif[0x010F] == "Camera maker"
    assert exif.get_ifd(0x8769)[0x9003] == "2024:05:06 07:08:09"
    assert exif.get_ifd(0x8825)[1] == "N"
    if extension != ".webp":  # has no place for a resolution
        assert again.dpi == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_orientation_is_applied_once(tmp_path, small, orientation, extension):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(small).save(tmp_path / f"a{extension}", exif=exif)
    picture = store.read(tmp_path / f"a{extension}")
    store.write(replace(picture, pixels=picture.pixels.copy()), tmp_path / f"b{extension}")
    written = Image.open(tmp_path / f"b{extension}")
    assert written.getexif().get(0x0112, 1) == 1
    np.testing.assert_array_equal(np.asarray(written), _turned(small, orientation))


def test_orientation_of_16_bit_tiff_is_applied(tmp_path, deep):
    tags = [(0x0112, "H", 1, 6, True)]
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="rgb", extratags=tags)
    np.testing.assert_array_equal(store.read(tmp_path / "a.tif").pixels, np.rot90(deep, -1))


def _turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """What Pillow makes of an orientation."""
    methods = (None, None, 0, 3, 1, 5, 4, 6, 2)
    method = methods[orientation]
    image = Image.fromarray(pixels)
    return np.asarray(image if method is None else image.transpose(Image.Transpose(method)))


def test_old_thumbnail_is_dropped(tmp_path, small):
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    data = exif.tobytes()
    exif.get_ifd(1)[0x0201] = 1
    Image.fromarray(small).save(tmp_path / "a.jpg", exif=data)
    assert not exif_of(store.read(tmp_path / "a.jpg")).get_ifd(1)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp", ".tif"])
def test_damaged_exif_does_not_keep_a_picture_from_being_read(tmp_path, small, extension):
    path = tmp_path / f"a{extension}"
    store.write(Picture(small, metadata=Metadata(exif_block())), path)
    data = path.read_bytes()
    # The folder of entries before these words, and the words.
    word, before = (b"2024:05:06", 18) if extension == ".tif" else (b"Camera maker", 30)
    at = data.index(word)
    rng = np.random.default_rng(0)
    for _ in range(50):
        damaged = bytearray(data)
        for place in rng.integers(at - before, at + 10, 3):
            damaged[place] = rng.integers(0, 256)
        if extension == ".png":  # else the checksum gives the damage away
            damaged = _with_checksum(damaged, b"eXIf")
        path.write_bytes(damaged)
        with listening():
            picture = store.read(path)
        assert picture.pixels.shape == small.shape
        for target in (".jpg", ".png", ".webp", ".tif"):
            store.write(picture, tmp_path / f"b{target}")


def _with_checksum(png: bytearray, kind: bytes) -> bytes:
    """Make a PNG chunk's checksum right again."""
    start = png.index(kind)
    length = int.from_bytes(png[start - 4 : start], "big")
    end = start + 4 + length
    png[end : end + 4] = struct.pack(">I", zlib.crc32(png[start:end]))
    return bytes(png)


def test_exif_too_long_for_jpeg_is_told(tmp_path, small):
    exif = Image.Exif()
    exif[270] = "long" * 20000
    said = Metadata(exif.tobytes().removeprefix(b"Exif\0\0"))
    with listening() as told:
        store.write(Picture(small, metadata=said), tmp_path / "a.jpg")
    assert "longer than JPEG" in told[0]


def test_senseless_resolution_is_left_out(tmp_path, small):
    Image.fromarray(small).save(tmp_path / "a.png", dpi=(0, 0))
    picture = store.read(tmp_path / "a.png")
    assert picture.dpi is None
    store.write(picture, tmp_path / "a.tif")
