"""Files that are there as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A new, empty file beside `path`, which becomes `path` if nothing goes wrong.

    What is written reaches the disk before it gets its name, so that not even a power cut leaves
    half a file. A file that was there hands on its permissions; a link is followed, and what it
    points at is replaced. The new file is gone after any error, Ctrl+C and `SystemExit` included.

    Yields
    ------
    Path of the file to write, with the extension of `path`

    Raises
    ------
    OSError : the folder does not exist or cannot be written to, or the disk is full
    """
    target = Path(path).resolve()
    mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=target.suffix)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        part.chmod(mode & 0o777)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have the disk take what the system still holds; a full disk may say so only now."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _umask() -> int:
    """The mask that new files get; the system tells it only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
