"""What a file said goes along byte for byte, and what does not is told once."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core.errors import ImageError
from colorfix_core.messages import listening
from colorfix_core.pictures import store
from colorfix_core.pictures.containers import jpeg, png, tiff, webp
from tests.core.pictures.examples import ADOBE, exif_block

XMP = b"<x:xmpmeta>\xc3\xa9</x:xmpmeta>"


def _jpeg(small, *segments, trailer=b""):
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "JPEG", quality=60)
    encoded = stream.getvalue()
    head = jpeg.parse(encoded).said
    said = [*head, *(jpeg.Segment(*segment) for segment in segments)]
    return jpeg.assembled(encoded, said) + trailer


def _corrected(tmp_path, data, dimmer, source, target):
    (tmp_path / source).write_bytes(data)
    with listening() as told:
        store.write(store.read(tmp_path / source).corrected(dimmer), tmp_path / target)
    return (tmp_path / target).read_bytes(), told


def test_segments_of_a_jpeg_stay_as_they_are(tmp_path, small, dimmer):
    segments = [
        (jpeg.APP1, jpeg.EXIF + exif_block()),
        (jpeg.APP1, jpeg.XMP + XMP),
        (jpeg.APP13, jpeg.PHOTOSHOP + b"8BIM\4\4\0\0\0\0\0\2\x1c\2"),
        (jpeg.COM, b"Gr\xfc\xdfe"),
    ]
    out, told = _corrected(tmp_path, _jpeg(small, *segments), dimmer, "a.jpg", "b.jpg")
    kept = [(s.marker, s.content) for s in jpeg.parse(out).said]
    assert kept[1:] == segments and not told


def test_a_second_picture_is_found_where_the_index_says(tmp_path, small, dimmer):
    second = _jpeg(small[::2, ::2])
    entries = struct.pack("<IIIHH", 0x030000, 0, 0, 0, 0)
    entries += struct.pack("<IIIHH", 0, len(second), 0, 0, 0)
    head = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0xB002, 7, 32, 26) + bytes(4) + entries
    first = bytearray(_jpeg(small, (jpeg.APP2, jpeg.MPF + head)))
    start = bytes(first).index(b"II*\0")
    struct.pack_into("<I", first, start + 26 + 24, len(first) - start)
    out, told = _corrected(tmp_path, bytes(first) + second, dimmer, "a.jpg", "b.jpg")
    start = out.index(b"II*\0")
    (size,) = struct.unpack_from("<I", out, start + 26 + 4)
    (place,) = struct.unpack_from("<I", out, start + 26 + 24)
    assert out[start + place :] == second and size == start + place and not told


def test_exif_keeps_its_bytes_in_every_format(tmp_path, small, dimmer):
    data = _jpeg(small, (jpeg.APP1, jpeg.EXIF + exif_block()), (jpeg.APP1, jpeg.XMP + XMP))
    out, _ = _corrected(tmp_path, data, dimmer, "a.jpg", "b.png")
    chunks = png.parse(out)[0]
    assert dict(chunks)[b"eXIf"] == exif_block() and png.xmp(chunks) == XMP
    out, _ = _corrected(tmp_path, data, dimmer, "a.jpg", "b.webp")
    assert webp.content(webp.parse(out), b"EXIF") == exif_block()
    assert webp.content(webp.parse(out), b"XMP ") == XMP
    out, _ = _corrected(tmp_path, data, dimmer, "a.jpg", "b.tif")
    main = tiff.directory(out, tiff.first_directory(out))
    assert main.entries[0x010F].value == b"Camera maker\0" and main.entries[700].value == XMP
    assert tiff.EXIF in tiff.folders(out) and out[8:100] == exif_block()[8:100]


def test_sizes_turn_with_the_picture(tmp_path, small, dimmer):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769).update({0xA002: 64, 0xA003: 48})
    data = _jpeg(small, (jpeg.APP1, exif.tobytes()))
    _corrected(tmp_path, data, dimmer, "a.jpg", "b.jpg")
    with Image.open(tmp_path / "b.jpg") as image:
        inner = image.getexif().get_ifd(0x8769)
        assert image.size == (48, 64) and (inner[0xA002], inner[0xA003]) == (48, 64)
        assert image.getexif()[0x0112] == 1


def test_tags_of_a_tiff_keep_type_and_bytes(tmp_path, small, dimmer):
    tags = [(700, 1, len(XMP), XMP, True), (33723, 7, 4, b"\x1c\2\0\0", True),
            (33922, 12, 6, (0.0, 1.0, 2.0, 3.0, 4.0, 5.0), True)]  # fmt: skip
    stream = io.BytesIO()
    tifffile.imwrite(stream, small, photometric="rgb", extratags=tags, byteorder=">")
    out, _ = _corrected(tmp_path, stream.getvalue(), dimmer, "a.tif", "b.tif")
    main = tiff.directory(out, tiff.first_directory(out)).entries
    assert main[700].value == XMP and main[33723].value == b"\x1c\2\0\0"
    assert main[33922].kind == 12 and struct.unpack(">6d", main[33922].value)[5] == 5


def test_texts_stay_in_png_and_are_told_elsewhere(tmp_path, small, dimmer):
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "PNG")
    data = png.assembled(stream.getvalue(), [png.Chunk(b"tEXt", b"Title\0Gr\xfc\xdfe")])
    out, told = _corrected(tmp_path, data, dimmer, "a.png", "b.png")
    assert (b"tEXt", b"Title\0Gr\xfc\xdfe") in png.parse(out)[0] and not told
    _, told = _corrected(tmp_path, data, dimmer, "a.png", "b.webp")
    assert len(told) == 1 and "texts" in told[0]


def test_proof_of_origin_is_left_out_and_told(tmp_path, small, dimmer):
    data = _jpeg(small, (jpeg.APP11, b"JP\0\1\0\0\0\1....jumb....c2pa"))
    out, told = _corrected(tmp_path, data, dimmer, "a.jpg", "b.jpg")
    assert b"c2pa" not in out and "C2PA" in told[0]


def test_a_proof_in_several_segments_is_left_out_as_a_whole(tmp_path, small, dimmer):
    parts = [
        (jpeg.APP11, b"JP\0\7\0\0\0\1....jumb....c2pa"),
        (jpeg.APP11, b"JP\0\7\0\0\0\2....more"),
    ]
    out, _ = _corrected(tmp_path, _jpeg(small, *parts), dimmer, "a.jpg", "b.jpg")
    assert not [s for s in jpeg.parse(out).segments if s.marker == jpeg.APP11]


GAIN_MAP = b"<a xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/' hdrgm:Version='1.0'>"


@pytest.mark.parametrize("target", ["b.png", "b.webp", "b.tif"])
def test_without_its_gain_map_no_file_claims_one(tmp_path, small, dimmer, target):
    data = _jpeg(small, (jpeg.APP1, jpeg.XMP + GAIN_MAP), trailer=_jpeg(small[::2, ::2]))
    out, told = _corrected(tmp_path, data, dimmer, "a.jpg", target)
    assert b"hdrgm" not in out and "gain map" in told[0]


def test_a_gain_map_is_not_left_beside_a_turned_picture(tmp_path, small, dimmer):
    exif = Image.Exif()
    exif[0x0112] = 8
    segments = [(jpeg.APP1, exif.tobytes()), (jpeg.APP1, jpeg.XMP + GAIN_MAP),
                (jpeg.APP2, jpeg.GAIN_MAP + b"\0")]  # fmt: skip
    data = _jpeg(small, *segments, trailer=_jpeg(small[::2, ::2]))
    out, told = _corrected(tmp_path, data, dimmer, "a.jpg", "b.jpg")
    parsed = jpeg.parse(out)
    assert parsed.end == len(out) and "not turned with the picture" in told[0]
    assert not any(b"hdrgm" in s.content or jpeg.GAIN_MAP in s.content for s in parsed.said)


@pytest.mark.parametrize("target", ["b.png", "b.webp", "b.tif"])
def test_what_only_jpeg_holds_is_told(tmp_path, small, dimmer, target):
    segments = [(jpeg.COM, b"words"), (jpeg.APP1 + 2, b"Meta\0"), (jpeg.APP1, jpeg.MORE_XMP + b"x")]
    data = _jpeg(small, *segments, trailer=b"MotionPhoto")
    _, told = _corrected(tmp_path, data, dimmer, "a.jpg", target)
    said = " ".join(told)
    assert all(word in said for word in ("comment", "APP3", "extension of its XMP", "further"))


def test_pixels_that_are_no_squares_stay_so_in_every_format(tmp_path, small, dimmer):
    data = _jpeg(small)
    at = data.index(b"JFIF\0") + 7
    data = data[:at] + struct.pack(">BHH", 0, 2, 1) + data[at + 5 :]
    out, _ = _corrected(tmp_path, data, dimmer, "a.jpg", "b.png")
    assert dict(png.parse(out)[0])[b"pHYs"] == struct.pack(">IIB", 2, 1, 0)
    _corrected(tmp_path, out, dimmer, "c.png", "d.tif")
    assert store.read(tmp_path / "d.tif").aspect == (200, 100)
    _corrected(tmp_path, out, dimmer, "c.png", "e.jpg")
    assert store.read(tmp_path / "e.jpg").aspect == (2, 1)


def test_pixels_that_are_no_squares_turn_with_the_picture(tmp_path, small, dimmer):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = _jpeg(small, (jpeg.APP1, exif.tobytes()))
    at = data.index(b"JFIF\0") + 7
    data = data[:at] + struct.pack(">BHH", 0, 2, 1) + data[at + 5 :]
    out, _ = _corrected(tmp_path, data, dimmer, "a.jpg", "b.jpg")
    assert jpeg.aspect(jpeg.parse(out)) == (1, 2)


def test_layers_with_old_colors_are_left_out_and_told(tmp_path, small, dimmer):
    tags = [(37724, 7, 8, b"old ones", True), (52545, 7, 8, b"manifest", True)]
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as file:
        file.write(small, photometric="rgb", extratags=tags, metadata=None)
        file.write(small[..., 0] > 99, photometric="mask", subfiletype=4, metadata=None)
        file.write(small[::2, ::2], photometric="rgb", subfiletype=1, metadata=None)
    out, told = _corrected(tmp_path, stream.getvalue(), dimmer, "a.tif", "b.tif")
    assert b"old ones" not in out and b"manifest" not in out
    assert all(word in " ".join(told) for word in ("layers", "C2PA", "mask", "thumbnail"))


def test_what_a_png_says_of_its_old_pixels_is_told(tmp_path, small, dimmer):
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "PNG")
    data = png.assembled(stream.getvalue(), [png.Chunk(b"sBIT", b"\5\5\5")])
    out, told = _corrected(tmp_path, data, dimmer, "a.png", "b.png")
    assert b"sBIT" not in out and "sBIT" in told[0]


def test_a_turned_jpeg_keeps_its_quality(tmp_path, small, dimmer):
    exif = Image.Exif()
    exif[0x0112] = 6
    _corrected(tmp_path, _jpeg(small, (jpeg.APP1, exif.tobytes())), dimmer, "a.jpg", "b.jpg")
    with Image.open(tmp_path / "a.jpg") as old, Image.open(tmp_path / "b.jpg") as new:
        tables = [np.reshape(old.quantization[0], (8, 8)), np.reshape(new.quantization[0], (8, 8))]
        np.testing.assert_array_equal(tables[0], tables[1].T)


def test_a_jpeg_keeps_its_tables(tmp_path, small, dimmer):
    _corrected(tmp_path, _jpeg(small), dimmer, "a.jpg", "b.jpg")
    with Image.open(tmp_path / "a.jpg") as old, Image.open(tmp_path / "b.jpg") as new:
        assert old.quantization == new.quantization


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_an_unspecified_fourth_channel_is_no_alpha(tmp_path, small, dimmer, depth):
    pixels = np.dstack([small, np.zeros(small.shape[:2], np.uint8)]).astype(depth)
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, photometric="rgb", extrasamples=["unspecified"])
    _corrected(tmp_path, stream.getvalue(), dimmer, "a.tif", "b.tif")
    assert store.read(tmp_path / "a.tif").weights is None
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        np.testing.assert_array_equal(file.asarray()[..., 3], pixels[..., 3])
        assert file.pages[0].extrasamples == (0,)


def test_what_nothing_changed_is_copied(tmp_path, small):
    (tmp_path / "a.jpg").write_bytes(_jpeg(small, trailer=b"behind"))
    store.write(store.read(tmp_path / "a.jpg"), tmp_path / "b.jpg")
    assert (tmp_path / "b.jpg").read_bytes() == (tmp_path / "a.jpg").read_bytes()


@pytest.mark.parametrize("chunk", [
    (b"cICP", bytes([12, 13, 0, 1])),
    (b"cICP", bytes([9, 1, 0, 1])),
    (b"cICP", bytes([2, 8, 0, 1])),
    (b"gAMA", struct.pack(">I", 100000)),
])  # fmt: skip
def test_colors_that_a_png_names_are_honored(tmp_path, small, chunk):
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "PNG")
    (tmp_path / "a.png").write_bytes(png.assembled(stream.getvalue(), [png.Chunk(*chunk)]))
    picture = store.read(tmp_path / "a.png")
    assert picture.profile and np.abs(picture.srgb() - small / 255).max() > 0.03
    store.write(picture, tmp_path / "b.tif")
    assert store.read(tmp_path / "b.tif").profile == picture.profile


def test_cicp_goes_before_a_profile(tmp_path, small, dimmer):
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "PNG")
    data = png.assembled(
        stream.getvalue(), [png.Chunk(b"cICP", bytes([1, 13, 0, 1])), png.icc_chunk(ADOBE)]
    )
    (tmp_path / "a.png").write_bytes(data)
    assert store.read(tmp_path / "a.png").profile is None


def test_primaries_on_one_line_are_passed_over(tmp_path, small):
    line = struct.pack(">8I", 31270, 32900, *[30000] * 6)
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "PNG")
    chunks = [png.Chunk(b"gAMA", struct.pack(">I", 45455)), png.Chunk(b"cHRM", line)]
    (tmp_path / "a.png").write_bytes(png.assembled(stream.getvalue(), chunks))
    assert store.read(tmp_path / "a.png").profile is None


def test_video_range_is_refused(tmp_path, small):
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "PNG")
    data = png.assembled(stream.getvalue(), [png.Chunk(b"cICP", bytes([9, 1, 0, 0]))])
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(ImageError, match="video range"):
        store.read(tmp_path / "a.png")
