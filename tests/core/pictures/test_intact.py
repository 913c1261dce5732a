"""Broken pictures are refused, whatever a decoder makes of them; good ones are read."""

import io
import os
import struct
import subprocess
import sys
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
from tests.helpers.paths import REPOSITORY


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
    with listening() as told:
        picture = store.read(tmp_path / "a.png")
    assert "its tEXt chunk is damaged" in told[0]
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


def _with_sampling(data, factors):
    """Other sampling factors of brightness: the file holds as many blocks if the size fits."""
    at = data.index(b"\xff\xc0") + 11
    return data[:at] + bytes([factors]) + data[at + 1 :]


def _coarse(portrait):
    """A JPEG of 4:1:1, of 96 x 32; of 4:2:0 in 48 x 64 it would be the same scan."""
    data = _encoded(portrait[:64, :48], subsampling=2, quality=90)
    at = data.index(b"\xff\xc0") + 5
    return _with_sampling(data[:at] + struct.pack(">HH", 32, 96) + data[at + 4 :], 0x41)


def test_coarse_colors_are_read_and_cuts_in_them_seen(tmp_path, portrait):
    data = _coarse(portrait)
    (tmp_path / "a.jpg").write_bytes(data)
    assert store.read(tmp_path / "a.jpg").pixels.shape == (32, 96, 3)
    (tmp_path / "a.jpg").write_bytes(_half(data))
    with pytest.raises(ImageError, match="missing"):
        store.read(tmp_path / "a.jpg")


def test_room_behind_a_missing_end_mark_costs_nothing(tmp_path, small):
    data = _encoded(small)
    (tmp_path / "a.jpg").write_bytes(data[:-2] + bytes(5000))
    np.testing.assert_array_equal(
        store.read(tmp_path / "a.jpg").pixels, np.asarray(Image.open(io.BytesIO(data)))
    )


def test_a_jpeg_that_claims_more_than_it_can_hold_is_refused_at_once(tmp_path, small):
    data = _encoded(small)
    at = data.index(b"\xff\xc0") + 5
    (tmp_path / "a.jpg").write_bytes(data[:at] + struct.pack(">HH", 9000, 9000) + data[at + 4 :])
    with pytest.raises(ImageError, match="missing|memory"):
        store.read(tmp_path / "a.jpg")


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_missing_rows_of_a_png_are_seen(tmp_path, small, mode, interlaced):
    stream = io.BytesIO()
    Image.fromarray(small).convert(mode).save(stream, "PNG")
    chunks = dict(png.parse(stream.getvalue())[0])
    rows = bytes(len(zlib.decompress(chunks[b"IDAT"])))
    header = chunks[b"IHDR"][:12] + bytes([interlaced])
    palette = [png.Chunk(b"PLTE", chunks[b"PLTE"])] if mode == "P" else []

    def file(data):
        end = [png.Chunk(b"IDAT", zlib.compress(data)), png.Chunk(b"IEND", b"")]
        return png.bare([png.Chunk(b"IHDR", header), *palette, *end])

    # Adam7 has more row heads than plain rows have.
    (tmp_path / "a.png").write_bytes(file(rows + bytes(200)))
    assert store.read(tmp_path / "a.png").pixels.shape[:2] == small.shape[:2]
    (tmp_path / "a.png").write_bytes(file(rows[: len(rows) // 2]))
    with pytest.raises(ImageError, match="part of its picture is missing"):
        store.read(tmp_path / "a.png")


@pytest.mark.parametrize("kind", [b"gAMA", b"cHRM", b"cICP", b"iCCP", b"tRNS"])
def test_a_damaged_chunk_of_colors_is_not_passed_over(tmp_path, small, kind):
    data = bytearray(png.assembled(_encoded(small, "PNG"), [png.Chunk(kind, bytes(4))]))
    data[data.index(kind) + 8] ^= 1  # its checksum
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(ImageError, match=f"{kind.decode()} chunk is damaged"):
        store.read(tmp_path / "a.png")


@pytest.mark.parametrize("tag", [273, 279])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_strip_that_is_nowhere_is_seen(tmp_path, small, depth, tag):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, small.astype(depth), photometric="rgb", rowsperstrip=8)
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags[tag].overwrite([9, 9, 0, 9, 9, 9])
    with pytest.raises(ImageError, match="part of its picture is missing"):
        store.read(path)


def test_a_tiff_cut_before_its_directory_is_named(tmp_path, small):
    path = tmp_path / "a.tif"
    Image.fromarray(small).save(path, compression="tiff_lzw")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ImageError, match="cut"):
        store.read(path)


def test_reduced_copies_that_are_not_marked_are_no_pictures(tmp_path, small):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for pixels in (small[::4, ::4], small, small[::2, ::2]):
            file.write(pixels, photometric="rgb", metadata=None)
    np.testing.assert_array_equal(store.read(tmp_path / "a.tif").pixels, small)


def test_a_heavily_packed_tiff_is_read(tmp_path, small):
    tifffile.imwrite(tmp_path / "a.tif", small, photometric="rgb", compression="jpegxl",
                     compressionargs={"level": 0, "lossless": True})  # fmt: skip
    assert store.read(tmp_path / "a.tif").pixels.shape == small.shape


@pytest.mark.parametrize("depth", [np.float16, np.float64])
def test_floats_of_other_depths_are_read(tmp_path, small, depth):
    tifffile.imwrite(tmp_path / "a.tif", (small / 128).astype(depth), photometric="rgb")
    found = store.read(tmp_path / "a.tif").pixels
    assert found.dtype == np.float32 and np.abs(found - small / 128).max() < 1e-3


def test_twelve_bits_are_no_dark_sixteen(tmp_path, small):
    deep = small.astype(np.uint16) * 16
    bits = np.unpackbits(deep.astype(">u2").view(np.uint8).reshape(*small.shape, 2), axis=-1)
    rows = [np.packbits(row[..., 4:].ravel()) for row in bits]
    tifffile.imwrite(tmp_path / "a.tif", small.astype(np.uint16), photometric="rgb", metadata=None)
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+b") as file:
        page = file.pages[0]
        page.tags[258].overwrite([12, 12, 12])
        page.tags[279].overwrite(int(sum(map(len, rows))))
        file.filehandle.seek(page.dataoffsets[0])
        file.filehandle.write(b"".join(row.tobytes() for row in rows))
    found = store.read(tmp_path / "a.tif").pixels
    np.testing.assert_array_equal(found, np.rint(deep * (65535 / 4095)).astype(np.uint16))


@pytest.mark.parametrize("name", ["a.webp", "a.png", "a.jpg"])
def test_a_name_does_not_cost_depth(tmp_path, small, dimmer, name):
    path = tmp_path / name
    tifffile.imwrite(path, (small / 255).astype(np.float32), photometric="rgb")
    with pytest.raises(ImageError, match="a TIFF picture in spite of its name"):
        store.write(store.read(path).corrected(dimmer), path)


def test_another_format_than_the_name_says_is_told(tmp_path, small, dimmer):
    path = tmp_path / "a.png"
    path.write_bytes(_encoded(small))
    with listening() as told:
        store.write(store.read(path).corrected(dimmer), path)
    assert "a JPEG picture in spite of its name" in told[0] and path.read_bytes()[1:4] == b"PNG"


_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from colorfix_core.errors import ImageError
from colorfix_core.pictures import store
pages = int(Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + (int(sys.argv[2]) << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
try:
    print(store.read(sys.argv[1]).pixels.shape)
except ImageError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts so")
@pytest.mark.parametrize("megabytes", [30, 130, 250, 300])
def test_little_memory_is_not_called_damage(tmp_path, megabytes):
    noise = np.random.default_rng(0).integers(0, 255, (2000, 2000, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg", quality=95)
    command = [sys.executable, "-c", _LITTLE_MEMORY, str(tmp_path / "a.jpg"), str(megabytes)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "(2000, 2000, 3)" in done.stdout or "memory" in done.stdout, done.stdout


def test_a_decoder_without_memory_does_not_blame_the_file(tmp_path, small, monkeypatch):
    (tmp_path / "a.webp").write_bytes(_encoded(small, "WEBP")[:-300])
    monkeypatch.setattr(store.sizes, "room", lambda: 1e6)
    with pytest.raises(ImageError, match="memory"):
        store.read(tmp_path / "a.webp")
