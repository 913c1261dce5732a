"""HEIC and AVIF are read, or refused with the package that is needed."""

import io
import sys

import numpy as np
import pytest
from PIL import Image, features

from colorfix_core.errors import ImageError
from colorfix_core.messages import listening
from colorfix_core.pictures import store
from tests.core.pictures.examples import ADOBE, exif_block


def _encoded(pixels, format_, **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format_, quality=90, **options)
    return stream.getvalue()


def _heic(pixels, **options):
    pillow_heif = pytest.importorskip("pillow_heif", reason="needs the package pillow-heif")
    pillow_heif.register_heif_opener()
    return _encoded(pixels, "HEIF", **options)


def test_a_heic_without_exif_is_read(tmp_path, small):
    (tmp_path / "a.heic").write_bytes(_heic(small))
    picture = store.read(tmp_path / "a.heic")
    assert np.abs(picture.pixels.astype(int) - small).mean() < 4


def test_exif_and_profile_of_a_heic_go_into_the_jpeg(tmp_path, small, dimmer):
    data = _heic(small, exif=b"Exif\0\0" + exif_block(), icc_profile=ADOBE)
    (tmp_path / "a.heic").write_bytes(data)
    store.write(store.read(tmp_path / "a.heic").corrected(dimmer), tmp_path / "b.jpg")
    written = store.read(tmp_path / "b.jpg")
    assert written.profile == ADOBE and written.metadata.exif == exif_block()


def test_the_main_picture_of_a_heic_is_taken(tmp_path, small, dimmer):
    pillow_heif = pytest.importorskip("pillow_heif", reason="needs the package pillow-heif")
    file = pillow_heif.from_pillow(Image.fromarray(small))
    file.add_from_pillow(Image.fromarray(255 - small))
    file.save(tmp_path / "a.heic", quality=90, primary_index=1)
    picture = store.read(tmp_path / "a.heic")
    assert np.abs(255 - picture.pixels.astype(int) - small).mean() < 4
    with listening() as told:
        store.write(picture.corrected(dimmer), tmp_path / "b.png")
    assert "further pictures (1)" in told[0]


def test_a_heic_without_its_package_names_it(tmp_path, monkeypatch):
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ImageError, match="HEIC.*pillow-heif"):
        store.read(tmp_path / "a.heic")


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_an_avif_is_read(tmp_path, small):
    (tmp_path / "a.avif").write_bytes(_encoded(small, "AVIF"))
    assert np.abs(store.read(tmp_path / "a.avif").pixels.astype(int) - small).mean() < 4
