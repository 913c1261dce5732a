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
    _recover(target)
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
    shutil.rmtree(old, ignore_errors=True)


def _recover(target: Path) -> None:
    """Clear up after a run that was killed."""
    new, old = _beside(target, "new"), _beside(target, "old")
    shutil.rmtree(new, ignore_errors=True)
    if old.exists() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}-{what}")
