"""What an engine holds for its client, and what the client is told of it."""

from __future__ import annotations

from typing import Any

from colorfix_core.luts.lut import Lut3D
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pixels.guided_filter import GuidedMask
from colorfix_core.pixels.thumbnail import ThumbnailBuilder


def is_held(value: Any) -> bool:
    """Whether something stays with the engine, and the client gets a handle."""
    return isinstance(value, Lut3D | MaskedLuts | GuidedMask | ThumbnailBuilder)


def facts_of(value: Any) -> dict[str, Any]:
    """What the client knows of it; `grows`: it cannot be made again by the call that made it."""
    if isinstance(value, Lut3D):
        return {"title": value.title, "size": value.size, "mirrored": value.mirrored}
    if isinstance(value, MaskedLuts):
        return {"lights": len(value.luts)}
    return {"grows": isinstance(value, ThumbnailBuilder)}
