"""Who may take part: the user's own processes, with code that nobody else can change."""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Iterable
from pathlib import Path


def is_own(connection: socket.socket) -> bool:
    """Whether the other end belongs to this user, where the system tells (Linux: unix(7))."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the folder of the socket, mode 0700, is what keeps others away
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _pid, user, _group = struct.unpack("3i", credentials)
    return bool(user == os.getuid())


def open_to_others(folders: Iterable[str | Path]) -> list[str]:
    """Those of the folders in which other users could put a module of their own.

    A group that may write is taken for the user's own, as many systems have it, if it is the
    user's first.
    """
    return [str(folder) for folder in folders if _is_open(Path(folder))]


def _is_open(folder: Path) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return False  # nothing is imported from what is not there
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and status.st_gid not in (0, os.getgid())
