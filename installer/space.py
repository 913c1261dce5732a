"""How much is fetched and written, and whether the disks have room for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from installer import InstallError

MEGABYTE = 10**6
RESERVE = 50 * MEGABYTE  # beyond the need, for what everybody else writes meanwhile
# For the times that are told: megabytes a second over a line of 80 Mbit/s, and to a disk.
_FETCHED, _WRITTEN = 10, 100


@dataclass(frozen=True)
class Part:
    """Something that is installed: its name, and the bytes that are fetched and written for it."""

    name: str
    fetched: int
    written: int


def _part(name: str, fetched: float, written: float) -> Part:
    return Part(name, round(fetched * MEGABYTE), round(written * MEGABYTE))


# Measured on Linux x86_64, rounded up: docs/installing.md.
UV = _part("uv", 18, 57)
PYTHON = _part("Python", 35, 130)
PACKAGES = _part("packages", 77, 260)
TORCH_DEPENDENCIES = _part("what torch needs", 12, 75)
TORCH_CPU = _part("torch for the processor", 192, 725)
TORCH_CUDA = _part("torch for CUDA", 2750, 4900)
PLUG_IN = _part("the filter", 0, 28)


@dataclass(frozen=True)
class Need:
    """Bytes that a folder, which may not be there yet, will take."""

    folder: Path
    bytes: int


def check(needs: Iterable[Need]) -> None:
    """See that the file systems have room, each for all that goes there.

    Raises
    ------
    InstallError : naming the folder, what is free there and what is needed
    """
    by_device: dict[int, list[Need]] = {}
    for need in needs:
        there = nearest(need.folder)
        by_device.setdefault(os.stat(there).st_dev, []).append(Need(there, need.bytes))
    for together in by_device.values():
        folder, needed = together[0].folder, sum(need.bytes for need in together) + RESERVE
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise InstallError(
                f"{folder} has {amount(free)} free and {amount(needed)} are needed; "
                "make room there and try again"
            )


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.exists():
        folder = folder.parent
    return folder


def size_of(folders: Iterable[Path]) -> int:
    """Bytes in all files below some folders; what goes meanwhile is not counted."""
    total = 0
    waiting = [str(folder) for folder in folders]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total


def amount(size: float) -> str:
    """``"340 MB"``, ``"2.8 GB"``."""
    if size >= 1000 * MEGABYTE:
        return f"{size / 1000 / MEGABYTE:.1f} GB"
    return f"{size / MEGABYTE:.0f} MB"


def duration(parts: Iterable[Part]) -> str:
    """About how long it takes on a line of 80 Mbit/s: ``"about 2 minutes"``."""
    if (takes := seconds(parts)) < 50:
        return f"about {max(10, round(takes, -1)):.0f} seconds"
    minutes = max(1, round(takes / 60))
    return f"about {minutes} minute{'s' if minutes > 1 else ''}"


def seconds(parts: Iterable[Part]) -> float:
    """How long it takes on a line of 80 Mbit/s, about."""
    return sum(
        part.fetched / MEGABYTE / _FETCHED + part.written / MEGABYTE / _WRITTEN for part in parts
    )
