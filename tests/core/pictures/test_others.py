"""BMP, GIF, JPEG 2000, AVIF: their colors are those that their files name."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, features

from colorfix_core.errors import ImageError
from colorfix_core.messages import listening
from colorfix_core.pictures import named_colors, store
from colorfix_core.pictures.containers import boxes
from tests.core.pictures.examples import ADOBE


def _encoded(pixels, format_, **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format_, **options)
    return stream.getvalue()


def _read(tmp_path, data, name):
    (tmp_path / name).write_bytes(data)
    return store.read(tmp_path / name)


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_an_avif_of_display_p3_is_not_taken_for_srgb(tmp_path, small):
    data = _encoded(small, "AVIF", quality=100)
    named = b"colrnclx\0\1\0\x0d"
    assert named in data
    wide = _read(tmp_path, data.replace(named, b"colrnclx\0\x0c\0\x0d"), "a.avif")
    assert np.abs(wide.srgb() - _read(tmp_path, data, "a.avif").srgb() / 255).max() > 0.03
    with pytest.raises(ImageError, match="HDR"):
        _read(tmp_path, data.replace(named, b"colrnclx\0\x09\0\x10"), "a.avif")


def _jp2_with(small, color):
    """A JPEG 2000 file with another description of its colors."""
    data = _encoded(small, "JPEG2000")
    at = data.index(b"colr") - 4
    (old,) = struct.unpack_from(">I", data, at)
    header = data.index(b"jp2h") - 4
    (length,) = struct.unpack_from(">I", data, header)
    box = struct.pack(">I", len(color) + 8) + b"colr" + color
    data = data[:at] + box + data[at + old :]
    return data[:header] + struct.pack(">I", length + len(box) - old) + data[header + 4 :]


def test_the_profile_of_a_jpeg_2000_is_honored(tmp_path, small):
    assert _read(tmp_path, _jp2_with(small, b"\2\0\0" + ADOBE), "a.jp2").profile == ADOBE


def test_named_spaces_of_jpeg_2000_are_known_or_refused(tmp_path, small):
    romm = _read(tmp_path, _jp2_with(small, b"\1\0\0\0\0\0\x15"), "a.jp2")
    assert romm.profile == named_colors.romm()
    with pytest.raises(ImageError, match="space 20 of JPEG 2000"):
        _read(tmp_path, _jp2_with(small, b"\1\0\0\0\0\0\x14"), "a.jp2")


def test_the_profile_in_a_bmp_is_honored(tmp_path, small):
    data = _encoded(small, "BMP")
    pixels = data[struct.unpack_from("<I", data, 10)[0] :]
    head = struct.pack("<I", 124) + data[18:54] + bytes(124 - 40)
    head = (
        head[:56] + b"DEBM" + head[60:112] + struct.pack("<III", 124 + len(pixels), len(ADOBE), 0)
    )
    file = b"BM" + struct.pack("<IHHI", 14 + 124, 0, 0, 14 + 124) + head + pixels + ADOBE
    assert _read(tmp_path, file, "a.bmp").profile == ADOBE


def test_bits_that_are_not_read_are_told(tmp_path, small, dimmer):
    imagecodecs = pytest.importorskip("imagecodecs")
    data = bytes(imagecodecs.jpeg2k_encode(small.astype(np.uint16) * 257, level=0))
    picture = _read(tmp_path, data, "a.jp2")
    with listening() as told:
        store.write(picture.corrected(dimmer), tmp_path / "b.png")
    assert "8 of its 16 bits" in told[0]


def test_boxes_end_where_they_are_cut():
    assert list(boxes.boxes(b"\0\0\0\x10ftyp" + bytes(3))) == []
    assert list(boxes.boxes(b"\0\0\0\x02ftyp" + bytes(30))) == []
