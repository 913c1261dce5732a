"""LUTs in files: loading them, and the formats that there are."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from colorfix_core.luts.formats.table import EXTENSIONS, FORMATS
from colorfix_gimp.failures import Failure
from colorfix_gimp.translation import _

if TYPE_CHECKING:  # what LUTs need is loaded when the first is
    from colorfix_core.luts.lut import Lut3D

USUAL_SIZES = (17, 33, 65)


def readable() -> list[str]:
    """The extensions of LUT files that can be read."""
    return list(EXTENSIONS)


def writable() -> dict[str, str]:
    """Extension and title, in the user's language, of the formats that can be written."""
    return {
        format_.extension: f"{_(format_.title)} ({format_.extension})"
        for format_ in FORMATS
        if format_.writes
    }


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


def errors_of_sizes(lut: Lut3D) -> dict[int, float]:
    """Sizes that a LUT may be saved in, and by how many levels of 255 each would be off."""
    own = {65} if lut.mirrored or lut.size in USUAL_SIZES else {lut.size}
    return {points: lut.error_of(points) for points in sorted({*USUAL_SIZES[:2], *own})}


def fitting_size(lut: Lut3D, extension: str = "") -> int:
    """The size that is offered for a LUT: 33 points if they hold it, else what does."""
    if extension.lower() == ".3dl":
        return USUAL_SIZES[0]  # ffmpeg reads no other
    errors = errors_of_sizes(lut)
    fits = (points for points in errors if points >= USUAL_SIZES[1] and errors[points] <= 1)
    return next(fits, max(errors))


def save(lut: Lut3D, file: Path) -> list[str]:
    """Write a LUT; what the user should read about the file.

    Raises
    ------
    LutFileError : it cannot be written
    """
    from colorfix_core.messages import listening

    with listening() as told:
        lut.save(file)
    return told


@lru_cache(maxsize=1)
def _load(file: Path, _changed: int | None) -> Lut3D:
    """The dialog and what comes after it want the same file."""
    from colorfix_core.luts.lut import Lut3D

    return Lut3D.load(file)
