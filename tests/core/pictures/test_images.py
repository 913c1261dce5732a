"""What must survive when a picture is read, corrected and written."""

import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.errors import ImageError
from colorfix_core.messages import listening
from colorfix_core.pictures import png, profiles, store
from colorfix_core.pictures.picture import Picture

ADOBE = imagecodecs.cms_profile("adobergb")
SRGB = imagecodecs.cms_profile("srgb")
GREY = imagecodecs.cms_profile("gray")
ROOM_FOR_ROUNDING = 32  # of 65535: the profile's own curve is a table


@pytest.fixture
def small(portrait) -> np.ndarray:
    """(48, 64, 3) uint8."""
    return portrait[100:148, 200:264]


@pytest.fixture
def deep(small) -> np.ndarray:
    """(48, 64, 3) uint16 whose low bytes matter."""
    noise = np.random.default_rng(1).integers(-128, 128, small.shape)
    return (small.astype(np.int64) * 257 + noise).clip(0, 65535).astype(np.uint16)


@pytest.fixture
def dimmer() -> Lut3D:
    """A LUT that makes everything darker and redder."""
    return Lut3D(Lut3D.identity(9).table * [0.9, 0.7, 0.6])


def with_alpha(pixels: np.ndarray) -> np.ndarray:
    """A left-to-right fade from transparent to opaque."""
    full = np.iinfo(pixels.dtype).max
    height, width, _ = pixels.shape
    fade = np.linspace(0, full, width).astype(pixels.dtype)
    return np.dstack([pixels, np.broadcast_to(fade, (height, width))])


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


@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("bits", [8, 16])
def test_profile_resolution_and_exif_survive(tmp_path, small, deep, extension, bits):
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    exif.get_ifd(0x8825)[1] = "N"
    path = tmp_path / f"a{extension}"
    store.write(Picture(small if bits == 8 else deep, ADOBE, exif, (300, 300)), path)
    again = store.read(path)
    assert again.profile == ADOBE
    assert again.exif[0x010F] == "Camera maker"
    assert again.exif.get_ifd(0x8769)[0x9003] == "2024:05:06 07:08:09"
    assert again.exif.get_ifd(0x8825)[1] == "N"
    if extension != ".webp":  # has no place for a resolution
        assert again.dpi == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", [".png", ".tif"])
def test_orientation_is_applied_once(tmp_path, small, orientation, extension):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(small).save(tmp_path / f"a{extension}", exif=exif)
    picture = store.read(tmp_path / f"a{extension}")
    store.write(picture, tmp_path / f"b{extension}")
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


def test_alpha_is_not_touched(small, deep, dimmer):
    for pixels in (with_alpha(small), with_alpha(deep)):
        for profile in (None, ADOBE):
            corrected = Picture(pixels, profile).corrected(dimmer)
            np.testing.assert_array_equal(corrected.pixels[..., 3], pixels[..., 3])
            assert (corrected.pixels[..., 2] <= pixels[..., 2]).all()


def test_transparent_pixels_have_no_weight(small):
    pixels = with_alpha(small)
    np.testing.assert_array_equal(Picture(pixels).weights, pixels[..., 3] > 0)
    assert Picture(small).weights is None


def test_an_srgb_profile_by_any_name_costs_nothing(small):
    assert Picture(small, SRGB).srgb().dtype == np.uint8


def test_lut_acts_on_srgb_colours_whatever_the_profile(small, dimmer):
    in_adobe = profiles.from_srgb(np.float32(small / 255), ADOBE, np.uint16)
    corrected = Picture(in_adobe, ADOBE).corrected(dimmer)
    wanted = dimmer.apply(np.float32(small / 255))
    np.testing.assert_allclose(corrected.srgb(), wanted, atol=1e-3)


def test_colours_outside_srgb_are_kept(dimmer):
    """A LUT that changes next to nothing leaves Adobe RGB's green where it is."""
    green = np.zeros((4, 4, 3), np.uint16)
    green[..., 1] = 65535
    picture = Picture(green, ADOBE)
    assert picture.srgb()[0, 0, 0] < -1
    nearly = Lut3D(Lut3D.identity(9).table * np.float32(0.9999))
    again = picture.corrected(nearly).pixels
    assert abs(again.astype(int) - green).max() <= ROOM_FOR_ROUNDING


def test_8_bit_colours_of_a_profile_come_back_exactly(portrait):
    there = profiles.to_srgb(portrait, ADOBE)
    np.testing.assert_array_equal(profiles.from_srgb(there, ADOBE, np.uint8), portrait)


def test_identity_is_exact_whatever_the_profile(deep):
    picture = Picture(deep, ADOBE)
    np.testing.assert_array_equal(picture.corrected(Lut3D.identity()).pixels, deep)


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


def test_colours_under_transparency_survive_webp(tmp_path, small):
    hidden = np.dstack([small, np.zeros(small.shape[:2], np.uint8)])
    store.write(Picture(hidden), tmp_path / "a.webp")
    np.testing.assert_array_equal(store.read(tmp_path / "a.webp").pixels, hidden)


def test_16_bits_are_rounded_for_jpeg_and_it_is_said(tmp_path, deep, small):
    with listening() as told:
        store.write(Picture(deep), tmp_path / "a.jpg")
    assert "8 bits" in told[0]
    assert abs(store.read(tmp_path / "a.jpg").pixels.astype(int) - small).mean() < 3


def test_old_thumbnail_is_dropped(tmp_path, small):
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    data = exif.tobytes()
    exif.get_ifd(1)[0x0201] = 1
    Image.fromarray(small).save(tmp_path / "a.jpg", exif=data)
    assert not store.read(tmp_path / "a.jpg").exif.get_ifd(1)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp", ".tif"])
def test_damaged_exif_does_not_keep_a_picture_from_being_read(tmp_path, small, extension, caplog):
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    path = tmp_path / f"a{extension}"
    store.write(Picture(small, exif=exif), path)
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
    with pytest.raises(ImageError, match="cannot be written"):
        store.write(Picture(small, exif=exif), tmp_path / "a.jpg")


def test_senseless_resolution_is_left_out(tmp_path, small):
    Image.fromarray(small).save(tmp_path / "a.png", dpi=(0, 0))
    picture = store.read(tmp_path / "a.png")
    assert picture.dpi is None
    store.write(picture, tmp_path / "a.tif")


def _save(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)


def _grey(path, small):
    Image.fromarray(small).convert("L").save(path)


def _grey_16(path, small):
    path.write_bytes(imagecodecs.png_encode(np.ascontiguousarray(small[..., 0]).astype(np.uint16)))


def _grey_alpha_16(path, small):
    path.write_bytes(imagecodecs.png_encode(small[..., :2].astype(np.uint16, order="C")))


def _cmyk(path, small):
    Image.fromarray(small).convert("CMYK").save(path, "TIFF")


def _float(path, small):
    tifffile.imwrite(path, small.astype(np.float32), photometric="rgb")


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


def _grey_profile(path, small):
    _save(path, small, format="PNG", icc_profile=GREY)


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
        (_grey, "greyscale"),
        (_grey_16, "greyscale"),
        (_grey_alpha_16, "greyscale"),
        (_cmyk, "CMYK"),
        (_float, "8- or 16-bit"),
        (_two_pages, "2 pages"),
        (_animation, "2 pages or frames"),
        (_text, "not an 8- or 16-bit JPEG"),
        (_empty, "not an 8- or 16-bit JPEG"),
        (_cut, "truncated|damaged|broken"),
        (_cut_16, "damaged|truncated"),
        (_cut_tiff, "damaged|truncated|cannot be"),
        (_bad_profile, "ICC profile"),
        (_grey_profile, "ICC profile"),
        (_huge, "large|damaged|memory"),
        (_folder, "directory"),
        (_missing, "No such file"),
    ],
)
def test_bad_picture_is_refused_in_one_sentence(tmp_path, small, make, says):
    path = tmp_path / "odd"
    if make in (_grey, _grey_16, _grey_alpha_16):
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
    monkeypatch.setattr(png, "write", full)
    with pytest.raises(ImageError, match="No space left"):
        store.write(Picture(small if bits == 8 else deep), path)
    assert path.read_text() == "old"
    assert [path] == list(tmp_path.iterdir())


def test_16_bit_png_is_valid_for_others(tmp_path, deep):
    exif = Image.Exif()
    exif[0x010F] = "Camera maker"
    store.write(Picture(deep, ADOBE, exif, (72, 72)), tmp_path / "a.png")
    other = Image.open(io.BytesIO((tmp_path / "a.png").read_bytes()))
    other.verify()
    assert other.info["icc_profile"] == ADOBE


def test_colours_converted_once_are_those_converted_each(portrait):
    def darker(colours):
        return (colours * 0.5).astype(np.float32)

    np.testing.assert_array_equal(profiles.once_per_color(darker, portrait), darker(portrait))


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
