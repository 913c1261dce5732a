"""Pixels come back from files as they were written."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core.messages import listening
from colorfix_core.pictures import store
from colorfix_core.pictures.metadata import Metadata
from colorfix_core.pictures.picture import Picture
from tests.core.pictures.examples import ADOBE, exif_block, with_alpha


@pytest.mark.parametrize("extension", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("alpha", [False, True])
def test_8_bit_pictures_come_back_exactly(tmp_path, small, extension, alpha):
    pixels = with_alpha(small) if alpha else small
    store.write(Picture(pixels), tmp_path / f"a{extension}")
    again = store.read(tmp_path / f"a{extension}").pixels
    assert again.dtype == np.uint8
    np.testing.assert_array_equal(again, pixels)


@pytest.mark.parametrize("extension", [".png", ".tiff"])
@pytest.mark.parametrize("alpha", [False, True])
def test_16_bit_pictures_come_back_exactly(tmp_path, deep, extension, alpha):
    pixels = with_alpha(deep) if alpha else deep
    store.write(Picture(pixels), tmp_path / f"a{extension}")
    again = store.read(tmp_path / f"a{extension}").pixels
    assert again.dtype == np.uint16
    np.testing.assert_array_equal(again, pixels)


def test_premultiplied_alpha_is_divided_out(tmp_path, deep):
    pixels = with_alpha(deep)
    premultiplied = pixels.copy()
    share = pixels[..., 3:] / 65535
    premultiplied[..., :3] = np.rint(pixels[..., :3] * share)
    tifffile.imwrite(tmp_path / "a.tif", premultiplied, photometric="rgb",
                     extrasamples=["assocalpha"])  # fmt: skip
    read = store.read(tmp_path / "a.tif").pixels
    opaque = pixels[..., 3] > 32768
    np.testing.assert_allclose(read[opaque].astype(int), pixels[opaque], atol=2)


def test_planes_of_a_tiff_are_put_together(tmp_path, deep):
    tifffile.imwrite(tmp_path / "a.tif", np.moveaxis(deep, -1, 0), photometric="rgb",
                     planarconfig="separate")  # fmt: skip
    np.testing.assert_array_equal(store.read(tmp_path / "a.tif").pixels, deep)


@pytest.mark.parametrize("compression", ["lzw", "zlib", "packbits", "zstd"])
def test_compressed_16_bit_tiff_is_read(tmp_path, deep, compression):
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="rgb", compression=compression)
    np.testing.assert_array_equal(store.read(tmp_path / "a.tif").pixels, deep)


def test_palette_becomes_rgb(tmp_path, small):
    palette = Image.fromarray(small).quantize(16)
    palette.save(tmp_path / "a.png")
    wanted = np.asarray(palette.convert("RGB"))
    np.testing.assert_array_equal(store.read(tmp_path / "a.png").pixels, wanted)


def test_transparent_palette_entry_becomes_alpha(tmp_path, small):
    Image.fromarray(small).quantize(16).save(tmp_path / "a.png", transparency=0)
    assert store.read(tmp_path / "a.png").pixels.shape == (48, 64, 4)


def test_lossy_webp_stays_small(tmp_path, portrait):
    Image.fromarray(portrait).save(tmp_path / "a.webp", quality=80)
    assert not store.read(tmp_path / "a.webp").lossless
    for profile in (None, ADOBE):  # which comes before the pixels
        Image.fromarray(portrait).save(tmp_path / "a.webp", lossless=True, icc_profile=profile)
        assert store.read(tmp_path / "a.webp").lossless


def test_colors_under_transparency_survive_webp(tmp_path, small):
    hidden = np.dstack([small, np.zeros(small.shape[:2], np.uint8)])
    store.write(Picture(hidden), tmp_path / "a.webp")
    np.testing.assert_array_equal(store.read(tmp_path / "a.webp").pixels, hidden)


def test_16_bits_are_rounded_for_jpeg_and_it_is_said(tmp_path, deep, small):
    with listening() as told:
        store.write(Picture(deep), tmp_path / "a.jpg")
    assert "8 bits" in told[0]
    assert abs(store.read(tmp_path / "a.jpg").pixels.astype(int) - small).mean() < 3


def test_16_bit_png_is_valid_for_others(tmp_path, deep):
    store.write(Picture(deep, ADOBE, Metadata(exif_block()), (72, 72)), tmp_path / "a.png")
    other = Image.open(io.BytesIO((tmp_path / "a.png").read_bytes()))
    other.verify()
    assert other.info["icc_profile"] == ADOBE


@pytest.mark.parametrize("shape", [(1, 30), (20, 1), (1, 1)])
def test_deep_tiff_one_pixel_wide_or_high(tmp_path, shape):
    pixels = np.full((*shape, 3), 1000, np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb")
    assert np.array_equal(store.read(tmp_path / "a.tif").pixels, pixels)


def test_a_replaced_file_keeps_its_permissions_and_a_link_its_target(tmp_path, small):
    (tmp_path / "a.png").touch(mode=0o600)
    (tmp_path / "link.png").symlink_to("a.png")
    store.write(Picture(small), tmp_path / "link.png")
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "a.png").stat().st_mode & 0o777 == 0o600
    assert np.array_equal(store.read(tmp_path / "a.png").pixels, small)


def test_float_tiffs_are_read_and_written(tmp_path, small, dimmer):
    pixels = np.float32(small / 255)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb")
    corrected = store.read(tmp_path / "a.tif").corrected(dimmer)
    store.write(corrected, tmp_path / "b.tif")
    np.testing.assert_array_equal(store.read(tmp_path / "b.tif").pixels, dimmer.apply(pixels))
    store.write(corrected, tmp_path / "b.png")
    again = store.read(tmp_path / "b.png").pixels / 65535
    np.testing.assert_allclose(again, dimmer.apply(pixels), atol=1e-4)
