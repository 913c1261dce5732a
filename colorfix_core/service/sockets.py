"""Unix sockets, in a folder that nobody else can enter; the system says who is at the other end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

from colorfix_core.service import peers
from colorfix_core.service.connection import Connection, ServerLost, Taken

if sys.platform != "win32":
    import fcntl


def address_of(word: str) -> str:
    """Where the process listens that a word means; ServerLost if there is no safe place."""
    base = os.environ.get("XDG_RUNTIME_DIR") or _temporary()
    folder = Path(base) / f"colorfix-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise ServerLost(f"{folder} is not this user's alone; remove it")
    return str(folder / word)


def dial(address: str) -> Connection:
    """A connection to this user's process that listens there; OSError if there is none."""
    dialled = socket.socket(socket.AF_UNIX)
    try:
        dialled.connect(address)
        if not peers.is_own(dialled):
            raise ConnectionRefusedError("somebody else listens there")
    except OSError:
        dialled.close()
        raise
    return dialled


class Listening:
    """See `Listener`; Taken if another process listens. What one that died has left is replaced."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = open(f"{address}.lock", "w")  # noqa: SIM115 - held until the process ends
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken from None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(address)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen()

    def accept(self, seconds: float) -> Connection | None:
        """See `Listener`."""
        self._listener.settimeout(seconds)
        try:
            accepted, _address = self._listener.accept()
        except TimeoutError:
            return None
        return accepted

    def close(self) -> None:
        """See `Listener`."""
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._address)


def is_own(connection: Connection) -> bool:
    """Whether the other end belongs to this user."""
    return not isinstance(connection, socket.socket) or peers.is_own(connection)


def end(connection: Connection) -> None:
    """End the process that listens at the other end."""
    if isinstance(connection, socket.socket):
        with contextlib.suppress(OSError):
            peer = peers.peer_of(connection)
            if peer is not None:
                os.kill(peer.process, signal.SIGKILL)


def is_alive(process: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _temporary() -> str:
    import tempfile  # which takes its time

    return tempfile.gettempdir()
