"""The table of formats, and what all formats share when files are read and written."""

import subprocess
import sys

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.luts.formats import table


@pytest.mark.parametrize("extension", table.EXTENSIONS)
def test_every_format_of_the_table_has_a_reader(tmp_path, extension):
    path = tmp_path / f"empty{extension}"
    path.touch()
    with pytest.raises(LutFileError, match=r"^empty\.\w+ is not a LUT that can be used: "):
        Lut3D.load(path)


@pytest.mark.parametrize("extension", table.WRITTEN_EXTENSIONS)
def test_every_format_that_is_said_to_be_written_is(tmp_path, extension):
    if extension == ".clf":
        pytest.importorskip("PyOpenColorIO")
    identity = Lut3D.identity(17)
    identity.save(tmp_path / f"look{extension}")
    again = Lut3D.load(tmp_path / f"look{extension}")
    assert np.abs(again.evaluate(identity.table) - identity.table).max() < 2e-4


def test_an_unknown_extension_is_told_those_that_are_known():
    with pytest.raises(LutFileError, match=", ".join(table.EXTENSIONS)):
        Lut3D.load("look.txt")


def test_titles_differ_and_the_table_needs_the_standard_library_only():
    assert len({format_.title for format_ in table.FORMATS}) == len(table.FORMATS)
    code = (
        "import sys, colorfix_core.luts.formats.table\n"
        "assert not {'numpy', 'torch', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_link_is_followed_when_a_lut_is_saved(tmp_path):
    (tmp_path / "real.cube").write_text("old")
    (tmp_path / "link.cube").symlink_to("real.cube")
    Lut3D.identity(2).save(tmp_path / "link.cube")
    assert (tmp_path / "link.cube").is_symlink()
    assert Lut3D.load(tmp_path / "real.cube").is_identity


@pytest.mark.parametrize("extension", table.UNREAD)
def test_a_format_that_is_not_read_is_named(extension):
    with pytest.raises(LutFileError, match=f"is {table.UNREAD[extension]}, which is not read"):
        Lut3D.load(f"look{extension}")
