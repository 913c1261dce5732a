""".3dl, .spi3d, and what all formats share: round trips, and damage."""

import io
import re

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.luts import reference
from colorfix_core.luts.formats import spi3d, threedl
from colorfix_core.messages import listening
from tests.helpers.lut_examples import inside_unit_range, smooth_lut

# What a format's numbers can be off: half a step.
PRECISION = {"spi3d": 6e-7, "3dl": 0.51 / 4095, "png": 0.51 / 65535, "clf": 1e-7, "cube": 6e-7}


@pytest.mark.parametrize("extension", PRECISION)
@pytest.mark.parametrize("size", [4, 16, 17])
def test_a_round_trip_keeps_the_table(tmp_path, extension, size):
    if extension == "clf":
        pytest.importorskip("PyOpenColorIO")
    lut, path = inside_unit_range(smooth_lut(size)), tmp_path / f"look.{extension.upper()}"
    with listening():
        lut.save(path)
    again, grid = Lut3D.load(path), Lut3D.identity(size).table
    assert np.abs(again.evaluate(grid) - lut.table).max() < PRECISION[extension]


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


def test_a_lut_too_dark_for_3dl_is_refused(tmp_path):
    with pytest.raises(LutFileError, match="too dark"):
        Lut3D(Lut3D.identity(17).table * 0.4).save(tmp_path / "dark.3dl")
    assert not any(tmp_path.iterdir())


def test_a_3dl_of_16_bits_is_not_taken_for_one_of_14(tmp_path):
    values = (Lut3D.identity(4).table.reshape(-1, 3) * 19660).astype(int)
    rows = "\n".join(" ".join(map(str, row)) for row in values)
    (tmp_path / "a.3dl").write_text("0 341 682 1023\n" + rows)
    assert Lut3D.load(tmp_path / "a.3dl").table.max() == pytest.approx(0.3, abs=1e-4)


def test_a_folder_that_is_a_file_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LutFileError, match="cannot be written"):
        smooth_lut(4).save(tmp_path / "file" / "a.cube")


def rows_3dl(size):
    """The identity in 12 bits, blue fastest."""
    codes = np.rint(Lut3D.identity(size).table.reshape(-1, 3) * 4095).astype(int)
    return "".join(f"{r} {g} {b}\n" for r, g, b in codes)


def codes(last, points):
    return " ".join(str(round(code)) for code in np.linspace(0, last, points)) + "\n"


@pytest.mark.parametrize("points", [4, 5, 17, 4096])
@pytest.mark.parametrize("last", [255, 256, 1023, 1024, 4095])
def test_an_even_line_of_any_length_is_no_shaper(points, last):
    lut = read(threedl, codes(last, points) + rows_3dl(9))
    assert (lut.size, lut.shaper) == (9, None)


@pytest.mark.parametrize("last, full", [(512, 1023), (800, 1023), (2600, 4095)])
def test_a_mesh_that_ends_early_is_a_shaper_as_for_opencolorio_and_told(last, full):
    with listening() as told:
        lut = read(threedl, codes(last, 9) + rows_3dl(9))
    colors = np.array([[0.5, 0.25, 0.75]])
    assert np.abs(reference.look_up(lut, colors) - colors * last / full).max() < 1e-3
    assert f"{last} of {full}" in told[0]


def test_a_line_longer_than_the_lattice_is_a_shaper():
    curve = " ".join(str(round(4095 * (i / 255) ** 0.5)) for i in range(256)) + "\n"
    lut = read(threedl, curve + rows_3dl(9))
    assert np.abs(reference.look_up(lut, np.full((1, 3), 0.25)) - 0.5).max() < 1e-3


def test_a_mesh_of_uneven_steps_is_refused():
    with pytest.raises(LutFileError, match="mesh has uneven steps"):
        read(threedl, "0 100 900 1023\n" + rows_3dl(4))


@pytest.mark.parametrize("name, said", [("a.3dl", "a.3dl: .* 17 only"), ("a.png", "a.png: .* 64")])
def test_what_saving_33_points_means_is_told(tmp_path, name, said):
    with listening() as told:
        inside_unit_range(smooth_lut(33)).save(tmp_path / name)
    assert re.match(said, told[0])
