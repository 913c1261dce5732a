"""The LUT of an edit, from two picture files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from colorfix_core.adjustments.adjusted import described
from colorfix_core.errors import ImageError
from colorfix_core.files.replace import replacing
from colorfix_core.jobs.one import read_visible
from colorfix_core.luts.lut import Lut3D
from colorfix_core.matching import pairs
from colorfix_core.matching.pairs import Edit


def read(before: Path, after: Path) -> Edit:
    """Fit the LUT of an edit.

    Raises
    ------
    ImageError : a file cannot be read, or the two do not belong together
    """
    old, new = read_visible(before), read_visible(after)
    return pairs.fit(old.srgb(), new.srgb())


def named(edit: Edit, before: Path, after: Path, size: int) -> Lut3D:
    """The LUT of an edit, of a size, with title and comments."""
    left = {"mean CIEDE2000": f"{edit.mean:.2f}", "95 %": f"{edit.highest:.1f}"}
    lut = described(edit.lut, f"{before.name} to {after.name}", left)
    return lut if size == lut.size else replace(lut.resize(size), title=lut.title)


def write_difference(edit: Edit, path: Path) -> None:
    """Write what remains as a gray PNG picture; ImageError if that cannot be."""
    if path.suffix.lower() != ".png":
        raise ImageError(f"{path} would hold the difference, which is written as .png only")
    try:
        with replacing(path) as part:
            Image.fromarray(edit.picture()).save(part, "PNG")
    except OSError as error:
        raise ImageError(f"{path} cannot be written: {error.strerror or error}") from error
