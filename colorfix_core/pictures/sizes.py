"""Whether a picture of some size can be worked on here: asked before anything is decoded."""

from __future__ import annotations

import os
from pathlib import Path

from colorfix_core.errors import ImageError

# The picture, its colors in sRGB, what a correction makes of it, and what an encoder holds.
_COPIES = 3


def check(width: int, height: int, pixel_bytes: int) -> None:
    """Raise an ImageError if a picture is larger than the machine's memory.

    A file of a hundred bytes may claim to hold thousands of millions of pixels, and decoders
    believe it.
    """
    needed, there = width * height * pixel_bytes * _COPIES, _memory()
    if needed > there:
        raise ImageError(
            f"it is a picture of {width:,} x {height:,}, which takes {needed / 1e9:,.0f} GB of "
            f"memory, and this machine has {there / 1e9:,.0f}; make it smaller, or cut it"
        )


def _memory() -> float:
    """How many bytes this process may have; no limit where the system does not say."""
    try:
        import resource

        machine = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    except (ImportError, AttributeError, ValueError, OSError):  # Windows has none of these
        return float("inf")
    return machine if limit == resource.RLIM_INFINITY else min(machine, float(limit))


def room() -> float:
    """How many bytes this process may still take; no limit where the system does not say."""
    try:
        free = Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError, AttributeError):  # only Linux has these
        return float("inf")
    return min(1024.0 * int(free), _memory() - taken)
