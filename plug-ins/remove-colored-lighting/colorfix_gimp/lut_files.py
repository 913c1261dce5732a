"""LUTs in files: loading them, and the formats that there are."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from colorfix_core.engine.client import Held
from colorfix_core.luts.formats.table import EXTENSIONS, FORMATS
from colorfix_core.messages import listening
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.translation import _

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


def load(file: Path | None) -> Held:
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


def errors_of_sizes(lut: Held) -> dict[int, float]:
    """Sizes that a LUT may be saved in, and by how many levels of 255 each would be off."""
    size, mirrored = lut.facts["size"], lut.facts["mirrored"]
    own = {65} if mirrored or size in USUAL_SIZES else {size}
    sizes = sorted({*USUAL_SIZES[:2], *own})
    return dict(zip(sizes, engine.call("errors_of_sizes", lut, sizes), strict=True))


def fitting_size(lut: Held, extension: str = "") -> int:
    """The size that is offered for a LUT: 33 points if they hold it, else what does."""
    if extension.lower() == ".3dl":
        return USUAL_SIZES[0]  # ffmpeg reads no other
    errors = errors_of_sizes(lut)
    fits = (points for points in errors if points >= USUAL_SIZES[1] and errors[points] <= 1)
    return next(fits, max(errors))


def save(lut: Held, file: Path, points: int | None = None) -> list[str]:
    """Write a LUT, resampled to so many points if they are given.

    Returns what the user should read about the file.

    Raises
    ------
    LutFileError : it cannot be written
    """
    with listening() as told:
        engine.call("saved", lut, str(file), points)
    return told


@lru_cache(maxsize=1)
def _load(file: Path, _changed: int | None) -> Held:
    """The dialog and what comes after it want the same file."""
    lut: Held = engine.call("lut_in_file", str(file))
    return lut
