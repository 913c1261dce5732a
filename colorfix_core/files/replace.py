"""Files that are there as a whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from colorfix_core.messages import tell

_PART = re.compile(r"\.colorfix-[0-9a-f]{16}(\.\w+)?")
_ABANDONED = 24 * 60 * 60.0  # seconds


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A new, empty file beside `path`, which becomes `path` if nothing goes wrong.

    What is written reaches the disk before it gets its name, so that not even a power cut leaves
    half a file; until then nobody else may read it. A file that was there hands on its mode,
    owner and extended attributes; a link is followed, and what it points at is replaced. Other
    names of the same file (hard links) keep the old content, and the user is told. The new file
    is gone after any error, Ctrl+C and `SystemExit` included; the command line turns into the
    latter what tells its process to end.

    Yields
    ------
    Path of the file to write, with the extension of `path`

    Raises
    ------
    OSError : the folder does not exist or cannot be written to, the disk is full, or what is
        there is write-protected, no ordinary file, or a link in a circle
    """
    target = _behind_links(Path(path))
    old = target.stat() if target.exists() else None
    if old is not None:
        _refuse_protected(target, old)
    # Named before it is made, so that there is no moment at which nobody would remove it.
    part = target.with_name(f".colorfix-{secrets.token_hex(8)}{target.suffix}")
    _sweep(target.parent)
    try:
        part.touch(exist_ok=False)
        usual = stat.S_IMODE(part.stat().st_mode)
        part.chmod(0o600)
        yield part
        _sync(part)
        if old is None:
            part.chmod(usual)
        else:
            _hand_on(target, old, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    if old is not None and old.st_nlink > 1:
        tell(f"{path} has other names (hard links); they still hold what it was before")


@cache
def _sweep(folder: Path) -> None:
    """Remove what runs that were killed have left: files of ours whose writing began long ago.

    Looked for once a run in each folder. A file is written within seconds, so that one of a day
    ago is nobody's work; whatever else bears such a name, of other users too, stays.
    """
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if not _PART.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                continue
            state = entry.stat(follow_symlinks=False)
            is_ours = not hasattr(os, "geteuid") or state.st_uid == os.geteuid()
            if is_ours and time.time() - state.st_mtime > _ABANDONED:
                os.unlink(entry.path)


def _behind_links(path: Path) -> Path:
    """Where a path leads in the end; Python 3.11 knows links in a circle as a RuntimeError."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, "it is a link that leads in a circle", str(path))
    return target


def _refuse_protected(target: Path, old: os.stat_result) -> None:
    """What may not be written to stays, though a rename would need the folder's consent only."""
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "what is there is no ordinary file", str(target))
    if not os.access(target, os.W_OK):
        reason = "it is write-protected; choose another name, or allow writing"
        raise PermissionError(errno.EACCES, reason, str(target))


def _hand_on(target: Path, old: os.stat_result, part: Path) -> None:
    """Give the new file what the old one has beside its content, as far as that is allowed."""
    with contextlib.suppress(OSError, AttributeError):  # Windows has no owners
        os.chown(part, old.st_uid, old.st_gid)
    with contextlib.suppress(OSError, AttributeError):  # only Linux has these
        for name in os.listxattr(target):
            os.setxattr(part, name, os.getxattr(target, name))
    part.chmod(stat.S_IMODE(old.st_mode))


def _sync(path: Path) -> None:
    """Have the disk take what the system still holds; a full disk may say so only now."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
