"""The picture of every color, and the LUT that it becomes by editing."""

from __future__ import annotations

import math
from typing import Any

from colorfix_core.luts.formats import hald, layouts, positions
from colorfix_core.luts.lut import Lut3D
from colorfix_core.pixels.depths import Array


def identity_level(width: int, height: int) -> int | None:
    """See `layouts.level_of`."""
    return layouts.level_of(width, height)


def identity_pixels(level: int) -> Array:
    """See `hald.identity_pixels`."""
    return hald.identity_pixels(level)


def lut_of_identity(pixels: Array) -> dict[str, Any]:
    """The LUT that an identity has become, and what speaks against its being one.

    Parameters
    ----------
    pixels : (L**3, L**3, 3 or more) float

    Returns
    -------
    `lut`, None if a number is NaN; `rough`: it looks like a photograph; by how many levels of 255
    it was edited by place (`moved`), or is broken between two colors (`broken`), None where that
    is nothing to speak of.
    """
    table = hald.lattice_of(pixels)
    if not math.isfinite(table.sum()):
        return {"lut": None, "rough": False, "moved": None, "broken": None}
    moved, broken = positions.moved_levels(table), positions.broken_levels(table)
    return {
        "lut": Lut3D(table),
        "rough": hald.is_rough(table),
        "moved": float(moved) if moved > positions.TOLERATED_LEVELS else None,
        "broken": float(broken) if broken > positions.TOLERATED_BREAK else None,
    }
