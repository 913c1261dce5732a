"""LUTs in files: loading them, and the formats that there are."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from colorfix_gimp.failures import Failure
from colorfix_gimp.translation import N_, _

if TYPE_CHECKING:  # what LUTs need is loaded when the first is
    from colorfix_core.luts.lut import Lut3D

TITLES = {
    ".cube": N_("Cube LUT (.cube)"),
    ".png": N_("HaldCLUT picture (.png)"),
    ".3dl": N_("Autodesk (.3dl)"),
    ".spi3d": N_("Sony Imageworks (.spi3d)"),
    ".clf": N_("Common LUT Format (.clf)"),
}


def readable() -> list[str]:
    """The extensions of LUT files that can be read."""
    return list(TITLES)


def writable() -> dict[str, str]:
    """Extension and title, in the user's language, of the formats that can be written."""
    return {extension: _(title) for extension, title in TITLES.items()}


def load(file: Path | None) -> Lut3D:
    """The LUT in a file.

    Raises
    ------
    Failure : no file is given
    LutFileError : it holds no LUT
    """
    if file is None:
        raise Failure(_("No LUT file is chosen; choose one."))
    with suppress(OSError):
        return _load(file, file.stat().st_mtime_ns)
    return _load(file, None)  # says what is wrong with it


@lru_cache(maxsize=1)
def _load(file: Path, _changed: int | None) -> Lut3D:
    """The dialog and what comes after it want the same file."""
    from colorfix_core.luts.lut import Lut3D

    return Lut3D.load(file)
