"""New folders that take an old one's place in one step, or not at all."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A new folder beside `target`, gone at the end of the block if it was not moved away."""
    new = _beside(target, "new")
    recover(target)
    new.mkdir(parents=True)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextlib.contextmanager
def swapped_in(new: Path, target: Path) -> Iterator[None]:
    """Let a new folder be `target`; if the block fails, the old one, or none, is back."""
    old = _beside(target, "old")
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
        yield
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        if old.exists():
            old.rename(target)
        raise
    if old.exists():
        _discard(old, _beside(target, "gone"))


def recover(target: Path) -> None:
    """Clear up after a run that was killed: what it had not proved yet makes way for the old."""
    old = _beside(target, "old")
    if old.exists():
        shutil.rmtree(target, ignore_errors=True)
        old.rename(target)
    for state in "new", "gone":
        shutil.rmtree(_beside(target, state), ignore_errors=True)


def leftovers(folder: Path, pattern: str) -> list[Path]:
    """What runs that were killed have left beside the folders whose names are like `pattern`."""
    return [path for state in ("new", "old", "gone") for path in folder.glob(f".{pattern}-{state}")]


def _discard(old: Path, gone: Path) -> None:
    """Remove what was replaced: first its name, by which it would be taken for still wanted."""
    shutil.rmtree(gone, ignore_errors=True)
    old.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}-{what}")
