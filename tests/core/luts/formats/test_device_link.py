"""ICC device links, as Little CMS applies them and as they are read back."""

import shutil
import subprocess

import numpy as np
import pytest
import tifffile

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from tests.helpers.lut_examples import inside_unit_range, smooth_lut


@pytest.mark.parametrize("size", [2, 17, 33])
def test_a_table_comes_back_to_16_bits(tmp_path, size):
    lut = inside_unit_range(smooth_lut(size))
    lut.save(tmp_path / "look.icc")
    again = Lut3D.load(tmp_path / "look.icc")
    assert np.abs(again.table - lut.table).max() <= 0.51 / 65535


@pytest.mark.parametrize("size", [16, 33, 65])
def test_little_cms_computes_what_the_lut_says(tmp_path, size):
    if not shutil.which("transicc"):
        pytest.skip("Little CMS's own tools are not installed (Debian: liblcms2-utils)")
    lut = inside_unit_range(smooth_lut(size))
    lut.save(tmp_path / "look.icc")
    colors = np.random.default_rng(0).integers(0, 256, (200, 3))
    found = _by_little_cms(tmp_path / "look.icc", colors)
    assert np.abs(found - 255 * lut.evaluate(colors / 255)).max() < 0.02


def _by_little_cms(link, colors):
    lines = "".join(f"{r} {g} {b}\n" for r, g, b in colors)
    command = ["transicc", f"-l{link}", "-n"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return np.array([row.split() for row in done.stdout.splitlines() if row.strip()], float)


@pytest.mark.parametrize("bits", [8, 16])
def test_little_cms_corrects_pictures_to_a_level(tmp_path, bits):
    if not shutil.which("tificc"):
        pytest.skip("Little CMS's own tools are not installed (Debian: liblcms2-utils)")
    lut, full = inside_unit_range(smooth_lut(33)), 2**bits - 1
    lut.save(tmp_path / "look.icc")
    dtype = np.uint8 if bits == 8 else np.uint16
    pixels = np.random.default_rng(0).integers(0, full + 1, (40, 50, 3)).astype(dtype)
    tifffile.imwrite(tmp_path / "in.tif", pixels, photometric="rgb")
    command = ["tificc", "-l", "look.icc", f"-w{bits}", "in.tif", "out.tif"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = tifffile.imread(tmp_path / "out.tif") / full
    assert np.abs(found - lut.evaluate(pixels / full)).max() < 1 / 255


def test_writing_it_twice_gives_one_file(tmp_path):
    lut = Lut3D(smooth_lut(5).table, title="Été")
    lut.save(tmp_path / "a.icc")
    lut.save(tmp_path / "b.icc")
    assert (tmp_path / "a.icc").read_bytes() == (tmp_path / "b.icc").read_bytes()


def _written(folder):
    inside_unit_range(smooth_lut(5)).save(folder / "look.icc")
    return bytearray((folder / "look.icc").read_bytes())


def test_curves_beside_the_table_are_refused(tmp_path):
    data = _written(tmp_path)
    at = data.index(b"mft2") + 52
    data[at : at + 2] = b"\x40\x00"
    (tmp_path / "bent.icc").write_bytes(data)
    with pytest.raises(LutFileError, match="curves stand beside its table"):
        Lut3D.load(tmp_path / "bent.icc")


def test_a_profile_of_a_display_is_no_lut(tmp_path):
    data = _written(tmp_path)
    data[12:16] = b"mntr"
    (tmp_path / "display.icc").write_bytes(data)
    with pytest.raises(LutFileError, match="only device links"):
        Lut3D.load(tmp_path / "display.icc")


def test_a_cut_file_is_damaged(tmp_path):
    (tmp_path / "cut.icc").write_bytes(_written(tmp_path)[:-300])
    with pytest.raises(LutFileError, match="damaged"):
        Lut3D.load(tmp_path / "cut.icc")
