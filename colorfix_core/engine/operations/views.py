"""What a preview shows: a `View` as a mapping of its arrays, scaled, corrected, over checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from colorfix_core.engine.operations.strips import applied
from colorfix_core.luts.lut import Lut3D
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pixels.depths import Array, full
from colorfix_core.pixels.views import View, on_checks


def view(pixels: Array, chosen: Array | None = None, factor: int = 1) -> dict[str, Any]:
    """See `View.of`; the number that means 1 follows from the pixels' dtype."""
    return vars(View.of(pixels, full(pixels.dtype), chosen, factor))


def scaled(seen: Mapping[str, Any], width: int, height: int) -> dict[str, Any]:
    """See `View.scaled`."""
    return vars(View(**seen).scaled(width, height))


def shown_finely(
    seen: Mapping[str, Any], correction: Lut3D | MaskedLuts, width: int, height: int
) -> Array:
    """What `shown` shows after a correction, at another size: corrected first and shrunk then.

    That is what the layer will look like; the other way round is quicker, and nearly the same.
    """
    return on_checks(View(**seen).after(correction.apply).scaled(width, height).pixels)


def shown(
    seen: Mapping[str, Any],
    correction: Lut3D | MaskedLuts | None,
    place: Sequence[int] | None = None,
) -> tuple[Array, Array]:
    """Before and after a correction, (h, w, 3) uint8 each; without one they are the same.

    `place` is that of `strips.applied`, where not the whole is seen.
    """
    found = View(**seen)
    before = on_checks(found.pixels)
    if correction is None:
        return before, before
    return before, on_checks(found.corrected(applied(correction, place)))
