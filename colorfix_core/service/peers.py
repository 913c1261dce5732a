"""Who may take part: the user's own processes, with code that nobody else can change."""

from __future__ import annotations

import os
import socket
import stat
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# macOS's sys/un.h and sys/ucred.h; Python names none of them there.
_SOL_LOCAL, _LOCAL_PEERCRED, _LOCAL_PEERPID = 0, 1, 2
_XUCRED = struct.Struct("=IIh2x16I")  # version, user, number of groups, groups
_XUCRED_VERSION = 0


@dataclass(frozen=True)
class Peer:
    """Who is at the other end: a user, and the process that connected or listened there."""

    user: int
    process: int


def peer_of(connection: socket.socket) -> Peer | None:
    """What the system says of the other end; None where it says nothing.

    Linux tells by unix(7), macOS by unix(4).

    Raises
    ------
    OSError : the other end has gone, or what the system says cannot be understood
    """
    if hasattr(socket, "SO_PEERCRED"):
        data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        process, user, _group = struct.unpack("3i", data)
        return Peer(user, process)
    if sys.platform == "darwin":
        data = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
        process = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID)
        return Peer(user_of_xucred(data), process)
    return None


def user_of_xucred(data: bytes) -> int:
    """The user in macOS's `struct xucred`; OSError if it is of another kind."""
    if len(data) < _XUCRED.size:
        raise OSError("the peer's credentials are too short")
    version, user, *_groups = _XUCRED.unpack_from(data)
    if version != _XUCRED_VERSION:
        raise OSError(f"the peer's credentials are of version {version}")
    return int(user)


def is_own(connection: socket.socket) -> bool:
    """Whether the other end belongs to this user, where the system tells."""
    try:
        peer = peer_of(connection)
    except OSError:
        return False
    # Else the folder of the socket, mode 0700, is what keeps others away.
    return peer is None or peer.user == os.getuid()


def open_to_others(folders: Iterable[str | Path]) -> list[str]:
    """Those of the folders in which other users could put a module of their own.

    A folder is looked at with what lies right in it, and with the folders around it, in which it
    could be exchanged. A group that may write is taken for the user's own, as many systems have
    it, if it is the user's first.
    """
    if os.name == "nt":  # whose folders have lists of who may, instead of modes
        return []
    return [str(folder) for folder in folders if _is_open(Path(folder))]


def _is_open(folder: Path) -> bool:
    real = Path(os.path.realpath(folder))
    try:
        with os.scandir(real) as entries:
            inside = [entry.stat(follow_symlinks=False) for entry in entries]
        status = real.stat()
    except NotADirectoryError:  # a zipped library
        status, inside = real.stat(), []
    except OSError:
        return False  # nothing is imported from what is not there
    if _may_be_written(status) or any(map(_may_be_written, inside)):
        return True
    # In a sticky folder, such as /tmp, only who owns a thing can exchange it.
    around = (parent.stat() for parent in real.parents)
    return any(_may_be_written(parent) and not parent.st_mode & stat.S_ISVTX for parent in around)


def _may_be_written(status: os.stat_result) -> bool:
    """Whether users beside this one and root may write; links have no mode of their own."""
    if stat.S_ISLNK(status.st_mode):
        return False
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and status.st_gid not in (0, os.getgid())
