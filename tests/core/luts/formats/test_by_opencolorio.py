"""Formats read by OpenColorIO in a process of its own, and those like them."""

import subprocess
import sys

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.luts.formats import by_opencolorio
from tests.helpers.lut_examples import inside_unit_range, smooth_lut

LOOK = inside_unit_range(smooth_lut(5)).table
ROWS = "".join(
    f"{r:.6f} {g:.6f} {b:.6f}\n" for r, g, b in LOOK.transpose(2, 1, 0, 3).reshape(-1, 3)
)
AXIS = "2\n0.0 1.0\n0.0 1.0\n"
HOUDINI = (
    "Version\t3\nFormat\tany\nType\t3D\n{0}\nBlack\t0\nWhite\t1\nLength\t5\nLUT:\n3D {{\n{1}}}\n"
)
FILES = {
    "a.csp": f"CSPLUTV100\n3D\n\nBEGIN METADATA\nEND METADATA\n\n{AXIS * 3}\n5 5 5\n{ROWS}",
    "range.lut": HOUDINI.format("Range\t0.0 1.0", ROWS),
    "from.lut": HOUDINI.format("From\t0.0 1.0\nTo\t0.0 1.0", ROWS),
}


@pytest.mark.parametrize("name", FILES)
def test_tables_are_read_as_they_are(tmp_path, name):
    pytest.importorskip("PyOpenColorIO")
    (tmp_path / name).write_text(FILES[name])
    assert np.abs(Lut3D.load(tmp_path / name).table - LOOK).max() < 1e-6


def test_curves_of_spi1d_are_read(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    text = "Version 1\nFrom 0.0 1.0\nLength 3\nComponents 1\n{\n0.25\n0.5\n0.75\n}\n"
    (tmp_path / "a.spi1d").write_text(text)
    lut = Lut3D.load(tmp_path / "a.spi1d")
    assert lut.evaluate(np.array([0.2, 0.5, 0.9])) == pytest.approx([0.35, 0.5, 0.7])


def test_panasonics_table_is_read_with_12_bits_however_dark(tmp_path):
    codes = np.rint(LOOK.transpose(2, 1, 0, 3).reshape(-1, 3) * 400).astype(int)
    rows = "".join(f"{r} {g} {b}\n" for r, g, b in codes)
    (tmp_path / "a.vlt").write_text(f"# panasonic vlt file version 1.0\nLUT_3D_SIZE 5\n\n{rows}")
    assert np.abs(Lut3D.load(tmp_path / "a.vlt").table - LOOK * 400 / 4095).max() < 2e-4


@pytest.mark.parametrize("extension", ["ctf", "spi1d", "vlt"])
def test_what_is_read_only_says_so_when_saved(tmp_path, extension):
    with pytest.raises(LutFileError, match="not written; use .cube"):
        Lut3D.identity(17).save(tmp_path / f"a.{extension}")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("ends", [[sys.executable, "-c", "import os; os.abort()"], ["sleep", "9"]])
def test_a_crash_and_a_hang_of_the_reader_are_one_sentence(tmp_path, monkeypatch, ends):
    pytest.importorskip("PyOpenColorIO")
    (tmp_path / "a.csp").write_text(FILES["a.csp"])
    run = subprocess.run
    monkeypatch.setattr(by_opencolorio, "SECONDS", 1)
    monkeypatch.setattr(subprocess, "run", lambda command, **rest: run(ends, **rest))
    with pytest.raises(LutFileError, match="crashed|within 1 seconds"):
        Lut3D.load(tmp_path / "a.csp")


def test_opencolorio_stays_out_of_the_process_that_reads(tmp_path):
    pytest.importorskip("PyOpenColorIO")
    (tmp_path / "a.csp").write_text(FILES["a.csp"])
    code = (
        "import sys; from colorfix_core import Lut3D; Lut3D.load(sys.argv[1])\n"
        "assert 'PyOpenColorIO' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.csp")], check=True)


@pytest.mark.parametrize("extension", [".csp", ".lut", ".itx", ".cub"])
@pytest.mark.parametrize("size", [16, 33])
def test_what_the_baker_writes_is_the_table(tmp_path, extension, size):
    ocio = pytest.importorskip("PyOpenColorIO")
    lut, path = inside_unit_range(smooth_lut(size)), tmp_path / f"look{extension}"
    lut.save(path)
    colors = np.random.default_rng(0).random((500, 3))
    transform = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    found = colors.astype(np.float32)
    ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor().applyRGB(found)
    assert np.abs(found - lut.evaluate(colors)).max() < 5e-6
