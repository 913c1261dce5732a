"""The correction that was applied last, kept where GIMP keeps what its plug-ins remember."""

from __future__ import annotations

import contextlib
from pathlib import Path

from colorfix_core.engine.client import Held
from colorfix_core.errors import ColorFixError
from colorfix_gimp import engine
from colorfix_gimp.gimp import Gimp


def last_lut() -> Path:
    """The file of the last LUT."""
    return Path(Gimp.directory()) / "plug-in-settings" / "remove-colored-lighting-last.cube"


def remember(lut: Held) -> None:
    """Keep a LUT for the next time; where that fails the next time has none, or an older one."""
    with contextlib.suppress(OSError, ColorFixError):
        last_lut().parent.mkdir(parents=True, exist_ok=True)
        engine.call("saved", lut, str(last_lut()), None)
