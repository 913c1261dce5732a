"""HaldCLUT, .3dl, .spi3d and CLF: round trips, and damage."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.files import png, png16
from colorfix_core.luts.data import Shaper
from colorfix_core.luts.formats import hald, spi3d, threedl
from colorfix_core.messages import listening
from tests.helpers.lut_examples import picture, rough_lut, smooth_lut

# What a format's numbers can be off: half a step.
PRECISION = {"spi3d": 6e-7, "3dl": 0.51 / 4095, "png": 0.51 / 65535, "clf": 1e-7, "cube": 6e-7}


def inside_unit_range(lut):
    return Lut3D(lut.table.clip(0, 1))


@pytest.mark.parametrize("extension", PRECISION)
@pytest.mark.parametrize("size", [4, 16, 17])
def test_a_round_trip_keeps_the_table(tmp_path, extension, size):
    if extension == "clf":
        pytest.importorskip("PyOpenColorIO")
    lut, path = inside_unit_range(smooth_lut(size)), tmp_path / f"look.{extension.upper()}"
    lut.save(path)
    again, grid = Lut3D.load(path), Lut3D.identity(size).table
    assert np.abs(again.evaluate(grid) - lut.table).max() < PRECISION[extension]


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
    hald.write(inside_unit_range(smooth_lut(size)), file)
    file.seek(0)
    assert png.header(file).width == level**3


def test_a_16_bit_picture_is_read_as_other_programs_filter_it():
    """All five row filters of PNG, each pixel against a plain implementation."""
    import zlib

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 65536, (20, 9, 3), np.uint16)
    data = pixels.astype(">u2").view(np.uint8).reshape(20, -1).astype(int)
    lines = bytearray()
    for y, row in enumerate(data):
        kind = y % 5
        lines.append(kind)
        for i, byte in enumerate(row):
            a = row[i - 6] if i >= 6 else 0
            b = data[y - 1][i] if y else 0
            c = data[y - 1][i - 6] if y and i >= 6 else 0
            nearest = min((a, b, c), key=lambda v: abs(a + b - c - v))
            lines.append((byte - (0, a, b, (a + b) // 2, nearest)[kind]) % 256)
    file = io.BytesIO()
    file.write(png.SIGNATURE)
    head = struct.pack(">IIBBBBB", 9, 20, 16, 2, 0, 0, 0)
    for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(lines))), (b"IEND", b"")):
        png.write_chunk(file, name, body)
    file.seek(0)
    assert np.array_equal(png16.read(file), pixels)


@pytest.mark.parametrize("channels", [3, 4])
def test_16_bit_pictures_survive_a_round_trip(channels):
    pixels, file = picture("uint16", channels), io.BytesIO()
    png16.write(pixels, file)
    file.seek(0)
    assert np.array_equal(png16.read(file), pixels)
    Image.open(io.BytesIO(file.getvalue())).verify()


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


def read(module, text):
    return module.read(io.BytesIO(text.encode()), len(text))


ROWS_3DL = "".join(f"{r} {g} {b}\n" for r in (0, 4095) for g in (0, 4095) for b in (0, 4095))
ROWS_SPI = "".join(f"{r} {g} {b} {r} {g} {b}\n" for r in (0, 1) for g in (0, 1) for b in (0, 1))


@pytest.mark.parametrize("head", ["0 341 682 1023\n", "", "3DMESH\nMesh 4 12\n", "# comment\n"])
def test_a_3dl_file_may_have_a_head_or_none(head):
    assert read(threedl, head + ROWS_3DL + "LUT8\ngamma 1.0\n").is_identity


@pytest.mark.parametrize("full, largest", [(255, 255), (1023, 1023), (4095, 4000), (65535, 65535)])
def test_the_depth_of_a_3dl_file_is_guessed_from_its_values(full, largest):
    lut = read(threedl, ROWS_3DL.replace("4095", str(largest)))
    assert lut.table.max() == np.float32(largest / full)


def test_the_depth_of_a_3dl_file_is_what_its_head_says():
    lut = read(threedl, "3DMESH\nMesh 4 12\n" + ROWS_3DL.replace("4095", "300"))
    assert lut.table.max() == np.float32(300 / 4095)


REFUSED = {
    "3dl: no cube": (threedl, ROWS_3DL + "0 0 0\n", "line 9 .*9 rows"),
    "3dl: fractions": (threedl, "0.5 0 0\n" + ROWS_3DL, "line 1 .*'0.5'"),
    "3dl: negative": (threedl, "-5 0 0\n" + ROWS_3DL, "line 1 .*'-5'"),
    "3dl: words": (threedl, "hello\n" + ROWS_3DL, "line 1 .*'hello'"),
    "3dl: uneven mesh": (threedl, "0 100 900 1023\n" + ROWS_3DL, "line 1 .*uneven"),
    "3dl: nothing": (threedl, "", "line 1 "),
    "spi3d: other text": (spi3d, "SPI", "line 1 .*SPILUT"),
    "spi3d: sizes": (spi3d, "SPILUT 1.0\n3 3\n2 3 2\n" + ROWS_SPI, "line 3 .*sizes"),
    "spi3d: huge": (spi3d, "SPILUT 1.0\n3 3\n256 256 256\n" + ROWS_SPI, "line 3 .*16777216"),
    "spi3d: twice": (spi3d, "SPILUT 1.0\n3 3\n2 2 2\n0 0 0 0 0 0\n" + ROWS_SPI, "line 5 .*second"),
    "spi3d: beyond": (
        spi3d,
        "SPILUT 1.0\n3 3\n2 2 2\n2 0 0 0 0 0\n" + ROWS_SPI,
        "line 4 .*below 2",
    ),
    "spi3d: too few": (spi3d, "SPILUT 1.0\n3 3\n2 2 2\n" + ROWS_SPI[:-12], "line 10 .*7 of 8"),
    "spi3d: NaN": (spi3d, "SPILUT 1.0\n3 3\n2 2 2\n0 0 0 nan 0 0\n" + ROWS_SPI, "line 4 .*'nan'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nonsense_is_refused_with_its_line_and_reason(case):
    module, text, reason = REFUSED[case]
    with pytest.raises(LutFileError, match=reason):
        read(module, text)


def test_an_spi3d_file_may_have_its_rows_in_any_order():
    rows = "".join(reversed(ROWS_SPI.splitlines(keepends=True)))
    assert read(spi3d, "SPILUT 1.0\n3 3\n2 2 2\n" + rows).is_identity


@pytest.mark.parametrize("extension", ["spi3d", "3dl"])
def test_a_format_without_domains_does_not_lose_one_silently(tmp_path, extension):
    lut = Lut3D(Lut3D.identity(2).table, (0, 0, 0), (2, 2, 2))
    with pytest.raises(LutFileError, match="cube"):
        lut.save(tmp_path / f"look.{extension}")


def test_a_clf_file_keeps_domain_and_shaper(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    wide = Lut3D(smooth_lut(5).table, (-0.5, 0, 0.1), (1.5, 2, 0.9), title="Été & <co>")
    shaped = Lut3D(smooth_lut(5).table, shaper=Shaper(np.linspace(0, 1, 9)[:, None] ** [1, 2, 3]))
    for lut in (wide, shaped):
        lut.save(tmp_path / "look.clf")
        again, image = Lut3D.load(tmp_path / "look.clf"), picture("float32")
        assert np.abs(again.apply(image) - lut.apply(image)).max() < 1e-6


@pytest.mark.parametrize("title", ["Été & <co>", ""])
def test_a_clf_file_keeps_title_and_comments(tmp_path, title):
    pytest.importorskip("PyOpenColorIO")
    lut = Lut3D(smooth_lut(5).table, title=title, comments=("strength 70 %", "a  < b"))
    lut.save(tmp_path / "look.clf")
    again = Lut3D.load(tmp_path / "look.clf")
    assert (again.title, again.comments) == (lut.title, lut.comments)


def test_a_title_with_control_characters_does_not_spoil_a_clf_file(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    Lut3D(smooth_lut(5).table, title="a\x01b", comments=("c\x0bd",)).save(tmp_path / "look.clf")
    again = Lut3D.load(tmp_path / "look.clf")
    assert (again.title, again.comments) == ("a b", ("c d",))


def test_a_clf_file_of_other_operations_is_sampled(tmp_path):
    ocio = pytest.importorskip("PyOpenColorIO")
    config = ocio.Config.CreateRaw()
    group = ocio.GroupTransform([ocio.CDLTransform(sat=0.5, slope=[0.9, 0.8, 0.7])])
    text = group.write("Academy/ASC Common LUT Format", config)
    (tmp_path / "look.clf").write_text(text)
    image = picture("float32", shape=(20, 30))
    expected = image.copy()
    config.getProcessor(group).getDefaultCPUProcessor().applyRGB(expected)
    with listening() as told:
        lut = Lut3D.load(tmp_path / "look.clf")
    assert "sampled" in told[0]
    assert np.abs(lut.apply(image) - expected).max() < 1e-3


@pytest.mark.parametrize("text", ["", "<", "<ProcessList></ProcessList>", "<a", "LUT_3D_SIZE 2\n"])
def test_a_damaged_clf_file_is_refused(tmp_path, text):
    pytest.importorskip("PyOpenColorIO")
    (tmp_path / "look.clf").write_text(text)
    with pytest.raises(LutFileError) as failure:
        Lut3D.load(tmp_path / "look.clf")
    assert "\n" not in str(failure.value)


def test_a_lut_too_dark_for_3dl_is_refused(tmp_path):
    with pytest.raises(LutFileError, match="too dark"):
        Lut3D(Lut3D.identity(17).table * 0.4).save(tmp_path / "dark.3dl")
    assert not any(tmp_path.iterdir())


def test_a_3dl_of_16_bits_is_not_taken_for_one_of_14(tmp_path):
    values = (Lut3D.identity(4).table.reshape(-1, 3) * 19660).astype(int)
    rows = "\n".join(" ".join(map(str, row)) for row in values)
    (tmp_path / "a.3dl").write_text("0 341 682 1023\n" + rows)
    assert Lut3D.load(tmp_path / "a.3dl").table.max() == pytest.approx(0.3, abs=1e-4)


def test_clf_with_a_shaper_and_a_domain_comes_back_as_it_was(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    shaper = Shaper(np.linspace(0, 2, 64)[:, None] * np.ones(3), domain_max=(4.0,) * 3)
    lut = Lut3D(smooth_lut(9).table, (-0.5,) * 3, (2.0,) * 3, shaper=shaper)
    lut.save(tmp_path / "a.clf")
    again = Lut3D.load(tmp_path / "a.clf")
    assert np.allclose(again.table, lut.table, atol=1e-6)
    assert np.allclose([again.domain_min, again.domain_max], [lut.domain_min, lut.domain_max])
    assert np.allclose(again.shaper.curve, shaper.curve)


@pytest.mark.parametrize("extension", ["clf", "cube"])
def test_curves_alone_stay_curves(tmp_path, extension):
    if extension == "clf":
        pytest.importorskip("PyOpenColorIO")
    shaper = Shaper(np.linspace(-0.1, 1, 256)[:, None] ** 3 * [1.0, 1.0, 1.2])
    Lut3D.of_curves(shaper).save(tmp_path / f"a.{extension}")
    again = Lut3D.load(tmp_path / f"a.{extension}")
    assert again.holds_only_curves
    assert np.allclose(again.shaper.curve, shaper.curve, atol=1e-6)


def test_clf_hue_preservation_is_not_taken_for_plain_curves(tmp_path):
    ocio = pytest.importorskip("PyOpenColorIO")
    curves = ocio.Lut1DTransform(1024, False)
    for i, x in enumerate(np.linspace(0, 1, 1024)):
        curves.setValue(i, *[x**3] * 3)
    curves.setHueAdjust(ocio.HUE_DW3)
    group = ocio.GroupTransform([curves])
    text = group.write("Academy/ASC Common LUT Format", ocio.Config.CreateRaw())
    (tmp_path / "a.clf").write_text(text)
    with listening() as told:
        lut = Lut3D.load(tmp_path / "a.clf")
    assert "sampled" in told[0]
    colours = np.array([[0.2, 0.5, 0.9], [0.7, 0.4, 0.1]], np.float32)
    wanted = colours.copy()
    ocio.Config.CreateRaw().getProcessor(curves).getDefaultCPUProcessor().applyRGB(wanted)
    assert np.abs(lut.evaluate(colours) - wanted).max() < 0.01


def test_clf_in_a_folder_named_like_a_variable(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    folder = tmp_path / "$HOME %HOME%"
    folder.mkdir()
    smooth_lut(4).save(folder / "a.clf")
    assert np.allclose(Lut3D.load(folder / "a.clf").table, smooth_lut(4).table, atol=1e-6)


def test_a_folder_that_is_a_file_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LutFileError, match="cannot be written"):
        smooth_lut(4).save(tmp_path / "file" / "a.cube")
