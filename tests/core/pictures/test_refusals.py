"""Pictures that cannot be read or written are refused in one sentence."""

import struct
import zlib

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core.errors import ImageError
from colorfix_core.pictures import png, store
from colorfix_core.pictures.picture import Picture
from tests.core.pictures.examples import GRAY, with_alpha


def _save(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)


def _gray(path, small):
    Image.fromarray(small).convert("L").save(path)


def _gray_16(path, small):
    path.write_bytes(imagecodecs.png_encode(np.ascontiguousarray(small[..., 0]).astype(np.uint16)))


def _gray_alpha_16(path, small):
    path.write_bytes(imagecodecs.png_encode(small[..., :2].astype(np.uint16, order="C")))


def _cmyk(path, small):
    Image.fromarray(small).convert("CMYK").save(path, "TIFF")


def _wide_whole(path, small):
    tifffile.imwrite(path, small.astype(np.uint32), photometric="rgb")


def _two_pages(path, small):
    tifffile.imwrite(path, np.stack([small, small]), photometric="rgb")


def _animation(path, small):
    frames = [Image.fromarray(small), Image.fromarray(small[::-1])]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:])


def _text(path, small):
    path.write_text("not a picture")


def _empty(path, small):
    path.touch()


def _cut(path, small):
    _save(path, small, format="PNG")
    path.write_bytes(path.read_bytes()[:2000])


def _cut_16(path, small):
    noise = np.random.default_rng(0).integers(0, 65535, small.shape).astype(np.uint16)
    path.write_bytes(imagecodecs.png_encode(noise)[:2000])


def _cut_tiff(path, small):
    tifffile.imwrite(path, small.astype(np.uint16), photometric="rgb", compression="zlib")
    path.write_bytes(path.read_bytes()[:2000])


def _bad_profile(path, small):
    _save(path, small, format="PNG", icc_profile=b"no profile")


def _gray_profile(path, small):
    _save(path, small, format="PNG", icc_profile=GRAY)


def _huge(path, small):
    """A PNG that claims 60000 x 60000 pixels of 16 bits and holds none."""
    header = struct.pack(">IIBBBBB", 60000, 60000, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        checksum = zlib.crc32(kind + content)
        data += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
    path.write_bytes(data)


def _folder(path, small):
    path.mkdir()


def _missing(path, small):
    pass


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_gray, "greyscale"),
        (_gray_16, "greyscale"),
        (_gray_alpha_16, "greyscale"),
        (_cmyk, "CMYK"),
        (_wide_whole, "whole numbers of 32 bits"),
        (_two_pages, "2 pages"),
        (_animation, "2 pages or frames"),
        (_text, "not a picture that is read here: JPEG"),
        (_empty, "not a picture that is read here: JPEG"),
        (_cut, "truncated|damaged|broken"),
        (_cut_16, "damaged|truncated"),
        (_cut_tiff, "damaged|truncated|cannot be"),
        (_bad_profile, "ICC profile"),
        (_gray_profile, "ICC profile"),
        (_huge, "large|damaged|memory"),
        (_folder, "directory"),
        (_missing, "No such file"),
    ],
)
def test_bad_picture_is_refused_in_one_sentence(tmp_path, small, make, says):
    path = tmp_path / "odd"
    if make in (_gray, _gray_16, _gray_alpha_16):
        path = tmp_path / "odd.png"
    make(path, small)
    with pytest.raises(ImageError, match=says) as caught:
        store.read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_transparency_is_not_thrown_away_for_jpeg(tmp_path, small):
    with pytest.raises(ImageError, match="transparency"):
        store.write(Picture(with_alpha(small)), tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())
    opaque = np.dstack([small, np.full(small.shape[:2], 255, np.uint8)])
    store.write(Picture(opaque), tmp_path / "a.jpg")


def test_unknown_extension_is_refused(tmp_path, small):
    with pytest.raises(ImageError, match="extension"):
        store.write(Picture(small), tmp_path / "a.xcf")


@pytest.mark.parametrize("bits", [8, 16])
def test_failed_write_leaves_the_old_file(tmp_path, small, deep, bits, monkeypatch):
    path = tmp_path / "a.png"
    path.write_text("old")

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    monkeypatch.setattr(png, "encode", full)
    with pytest.raises(ImageError, match="No space left"):
        store.write(Picture(small if bits == 8 else deep), path)
    assert path.read_text() == "old"
    assert [path] == list(tmp_path.iterdir())
