"""Files that are there as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A new, empty file beside `path`, which becomes `path` if nothing goes wrong.

    What is written reaches the disk before it gets its name, so that not even a power cut leaves
    half a file. A file that was there hands on its permissions; a link is followed, and what it
    points at is replaced. The new file is gone after any error, Ctrl+C and `SystemExit` included;
    the command line turns into the latter what tells its process to end.

    Yields
    ------
    Path of the file to write, with the extension of `path`

    Raises
    ------
    OSError : the folder does not exist or cannot be written to, or the disk is full
    """
    target = Path(path).resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    # Named before it is made, so that there is no moment at which nobody would remove it.
    part = target.with_name(f".{secrets.token_hex(8)}{target.suffix}")
    try:
        part.touch(0o666 if mode is None else 0o600, exist_ok=False)
        yield part
        _sync(part)
        if mode is not None:
            part.chmod(mode)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have the disk take what the system still holds; a full disk may say so only now."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
