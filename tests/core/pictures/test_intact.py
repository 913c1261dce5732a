"""Broken pictures are refused, whatever a decoder makes of them; good ones are read."""

import io
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core.errors import ImageError
from colorfix_core.messages import listening
from colorfix_core.pictures import store
from colorfix_core.pictures.containers import jpeg, png
from colorfix_core.pictures.picture import Picture


def _encoded(pixels, format_="JPEG", **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format_, **options)
    return stream.getvalue()


def _half(data):
    return data[: len(data) // 2] + jpeg.EOI


def _zeros(data):
    start, stop = jpeg.parse(data).scans[0]
    middle = (start + stop) // 2
    return data[:middle] + bytes(200) + data[middle + 200 :]


@pytest.mark.parametrize("spoil", [_half, _zeros])
def test_a_jpeg_with_a_part_missing_is_refused(tmp_path, small, spoil):
    (tmp_path / "a.jpg").write_bytes(spoil(_encoded(small, quality=90)))
    with pytest.raises(ImageError, match="damaged"):
        store.read(tmp_path / "a.jpg")


def test_a_jpeg_of_first_scans_is_refused(tmp_path, small):
    data = _encoded(small, progressive=True)
    (tmp_path / "a.jpg").write_bytes(data[: jpeg.parse(data).scans[2][1]] + jpeg.EOI)
    with pytest.raises(ImageError, match="last scans"):
        store.read(tmp_path / "a.jpg")


@pytest.mark.parametrize("progressive", [False, True])
def test_a_missing_end_mark_costs_nothing(tmp_path, small, progressive):
    data = _encoded(small, progressive=progressive)
    (tmp_path / "a.jpe").write_bytes(data[:-2])
    wanted = np.asarray(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(store.read(tmp_path / "a.jpe").pixels, wanted)


def test_half_a_profile_is_refused(tmp_path, small):
    part = jpeg.Segment(jpeg.APP2, jpeg.ICC + b"\1\2" + b"profile")
    (tmp_path / "a.jpg").write_bytes(jpeg.assembled(_encoded(small), [part]))
    with pytest.raises(ImageError, match="part of its ICC profile is missing"):
        store.read(tmp_path / "a.jpg")


def test_much_text_and_a_bad_checksum_in_text_are_no_damage(tmp_path, small, dimmer):
    text = b"Comment\0\0" + zlib.compress(b"a" * 1_400_000)
    data = png.assembled(
        _encoded(small, "PNG"), [png.Chunk(b"zTXt", text), png.Chunk(b"tEXt", b"A\0b")]
    )
    (tmp_path / "a.png").write_bytes(data.replace(b"A\0b", b"A\0c"))
    picture = store.read(tmp_path / "a.png")
    np.testing.assert_array_equal(picture.pixels, small)
    store.write(picture.corrected(dimmer), tmp_path / "b.png")
    with Image.open(tmp_path / "b.png") as image:
        assert len(image.text["Comment"]) == 1_400_000


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("beside", [1, 4])
def test_the_main_page_of_a_tiff_is_taken(tmp_path, small, first, beside):
    other = small[::2, ::2] if beside == 1 else small[..., 0] > 99
    kind = {"photometric": "rgb"} if beside == 1 else {"photometric": "mask"}
    pages = [(small, {"photometric": "rgb"}, 0), (other, kind, beside)]
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for pixels, options, subfile in pages[::-1] if first else pages:
            file.write(pixels, **options, subfiletype=subfile, metadata=None)
    np.testing.assert_array_equal(store.read(tmp_path / "a.tif").pixels, small)


def test_raw_files_are_refused_by_name(tmp_path, small):
    tags = [(50706, 1, 4, b"\1\4\0\0", True)]
    tifffile.imwrite(tmp_path / "a.tif", small, photometric="rgb", extratags=tags)
    with pytest.raises(ImageError, match="raw file"):
        store.read(tmp_path / "a.tif")


def test_five_channels_are_refused(tmp_path, small):
    pixels = np.dstack([small, small[..., :2]])
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", extrasamples=[0, 0])
    with pytest.raises(ImageError, match="5 channels"):
        store.read(tmp_path / "a.tif")


def test_limits_of_formats_are_named(tmp_path):
    for extension, edge, says in ((".jpg", 65501, "65,500"), (".webp", 16384, "16,383")):
        with pytest.raises(ImageError, match=says):
            store.write(Picture(np.zeros((1, edge, 3), np.uint8)), tmp_path / f"a{extension}")


def test_a_png_named_jpg_is_not_replaced_by_a_jpeg(tmp_path, small, dimmer):
    path = tmp_path / "a.jpg"
    path.write_bytes(_encoded(small, "PNG"))
    corrected = store.read(path).corrected(dimmer)
    with pytest.raises(ImageError, match="PNG picture in spite of its name"):
        store.write(corrected, path)
    with listening() as told:
        store.write(corrected, tmp_path / "b.jpg")
    assert "lossy" in told[0]
