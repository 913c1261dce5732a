"""Presets that point to a HaldCLUT, and what the editors make of them."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.jobs import editor_presets
from colorfix_core.messages import listening
from tests.helpers.lut_examples import inside_unit_range, smooth_lut

LUT = inside_unit_range(smooth_lut(33))


def _saved(path):
    with listening() as told:
        editor_presets.save(LUT, path)
    return told


@pytest.mark.parametrize("extension", editor_presets.EXTENSIONS)
def test_the_hald_clut_lies_beside_the_preset_and_one_line_says_where_both_go(tmp_path, extension):
    told = _saved(tmp_path / f"look{extension}")
    colors = np.random.default_rng(0).random((500, 3))
    found = Lut3D.load(tmp_path / "look.png").evaluate(colors)
    assert np.abs(found - LUT.evaluate(colors)).mean() < 1e-3
    assert told[-1].startswith("look.png goes into")
    assert f"look{extension}" in told[-1]


def test_a_style_holds_the_path_and_what_the_module_counts(tmp_path):
    _saved(tmp_path / "look.dtstyle")
    found = re.search(r"<op_params>(\w+)</op_params>", (tmp_path / "look.dtstyle").read_text())
    parameters = bytes.fromhex(found[1])
    assert len(parameters) == 512 + 3 * 4 + 2048 * 6 + 128
    assert parameters.rstrip(b"\0") == b"look.png"


def test_names_that_darktable_cannot_hold_are_refused(tmp_path):
    with pytest.raises(LutFileError, match="choose a shorter one"):
        editor_presets.save(LUT, Path("n" * 520 + ".dtstyle"))
    assert not list(tmp_path.iterdir())


def _patches(folder):
    colors = np.random.default_rng(0).integers(0, 256, (24, 24, 3)).astype(np.uint8)
    Image.fromarray(colors.repeat(8, 0).repeat(8, 1)).save(folder / "in.png")
    return LUT.evaluate(colors / 255)


def _middles(path):
    pixels = tifffile.imread(path)
    return pixels[4::8, 4::8, :3] / np.iinfo(pixels.dtype).max


def test_rawtherapee_corrects_as_the_lut_says(tmp_path, monkeypatch):
    if not shutil.which("rawtherapee-cli"):
        pytest.skip("RawTherapee is not installed")
    _saved(tmp_path / "look.pp3")
    wanted = _patches(tmp_path)
    monkeypatch.setenv("RT_SETTINGS", str(tmp_path))
    monkeypatch.setenv("RT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "options").write_text(
        "[File Browser]\nParseExtensions=png;\nParseExtensionsEnabled=1;\n"
        f"[Color Management]\nClutsDirectory={tmp_path}\n"
    )
    command = "rawtherapee-cli -q -o out.tif -p look.pp3 -b16 -tz -Y -c in.png"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    assert np.abs(_middles(tmp_path / "out.tif") - wanted).max() < 1 / 255


def test_darktable_imports_the_style_and_corrects_as_the_lut_says(tmp_path, monkeypatch):
    if not shutil.which("darktable-cli"):
        pytest.skip("darktable is not installed")
    _saved(tmp_path / "look.dtstyle")
    wanted = _patches(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    command = ["darktable-cli", "in.png", "out.tif", "--style", "look", "--style-overwrite",
               "--apply-custom-presets", "false", "--core", "--disable-opencl",
               "--configdir", "config", "--cachedir", "cache",
               "--conf", f"plugins/darkroom/lut3d/def_path={tmp_path}",
               "--conf", "plugins/imageio/format/tiff/bpp=16",
               "--luacmd", "require('darktable').styles.import('look.dtstyle')"]  # fmt: skip
    for _ in range(2):  # the first run knows the style too late
        (tmp_path / "out.tif").unlink(missing_ok=True)
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert np.abs(_middles(tmp_path / "out.tif") - wanted).max() < 1 / 255
