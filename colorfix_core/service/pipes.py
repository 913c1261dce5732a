"""Named pipes of Windows; both ends prove that they know a key in a folder of the user's own."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import queue
import sys
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing import connection as pipes
from pathlib import Path
from typing import Any

from colorfix_core.service.connection import Connection, ServerLost, Taken

_SYNCHRONIZE, _TERMINATE = 0x00100000, 0x0001
_RUNNING = 0x102  # WAIT_TIMEOUT
_KEY_SECONDS = 5


class Pipe:
    """See `Connection`."""

    def __init__(self, pipe: pipes.Connection) -> None:
        self._pipe, self._left = pipe, b""
        self._seconds: float | None = None
        self._sending = threading.Lock()

    def settimeout(self, seconds: float | None) -> None:
        """See `Connection`."""
        self._seconds = seconds

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        """See `Connection`."""
        with self._sending:
            self._pipe.send_bytes(data)

    def recv(self, size: int) -> bytes:
        """See `Connection`."""
        if not self._left:
            try:
                if not self._pipe.poll(self._seconds):
                    raise TimeoutError
                self._left = self._pipe.recv_bytes()
            except EOFError:
                return b""
        part, self._left = self._left[:size], self._left[size:]
        return part

    def close(self) -> None:
        """See `Connection`."""
        self._pipe.close()

    def __enter__(self) -> Pipe:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def server(self) -> int:
        """The process that listens."""
        number = ctypes.c_ulong()
        _kernel().GetNamedPipeServerProcessId(self._pipe.fileno(), ctypes.byref(number))
        return number.value


def address_of(word: str) -> str:
    """Where the process listens that a word means."""
    user = hashlib.sha256(str(Path.home()).encode()).hexdigest()[:16]
    return rf"\\.\pipe\colorfix-{user}-{word}"


def dial(address: str) -> Connection:
    """A connection to this user's process that listens there; OSError if there is none."""
    try:
        return Pipe(pipes.Client(address, "AF_PIPE", authkey=_key()))
    except (AuthenticationError, EOFError) as error:
        raise ConnectionRefusedError("somebody else listens there") from error


class Listening:
    """See `Listener`; Taken if another process listens."""

    def __init__(self, address: str) -> None:
        try:
            self._listener = pipes.Listener(address, "AF_PIPE", authkey=_key())
        except OSError:  # the first of a name is to be the only one
            raise Taken from None
        self._accepted: queue.Queue[Connection] = queue.Queue()
        threading.Thread(target=self._accept, daemon=True).start()

    def accept(self, seconds: float) -> Connection | None:
        """See `Listener`."""
        try:
            return self._accepted.get(timeout=seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """See `Listener`."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            with contextlib.suppress(AuthenticationError, EOFError, OSError):
                self._accepted.put(Pipe(self._listener.accept()))


def is_own(connection: Connection) -> bool:
    """Whether the other end belongs to this user: it has known the key."""
    return True


def end(connection: Connection) -> None:
    """End the process that listens at the other end."""
    if not isinstance(connection, Pipe):
        return
    kernel = _kernel()
    handle = kernel.OpenProcess(_TERMINATE, False, connection.server)
    if handle:
        kernel.TerminateProcess(handle, 1)
        kernel.CloseHandle(handle)


def is_alive(process: int) -> bool:
    """Whether there is a process of this number."""
    kernel = _kernel()
    handle = kernel.OpenProcess(_SYNCHRONIZE, False, process)
    if not handle:
        return False
    state = kernel.WaitForSingleObject(handle, 0)
    kernel.CloseHandle(handle)
    return bool(state == _RUNNING)


def _key() -> bytes:
    """32 bytes that only this user can read, made by who first needs them."""
    base = os.environ.get("LOCALAPPDATA")
    if not base:
        raise ServerLost("this user has no folder for programs' data")
    file = Path(base) / "colorfix" / "key"
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), file.open("xb") as new:
        new.write(os.urandom(32))
    until = time.monotonic() + _KEY_SECONDS
    while len(key := file.read_bytes()) < 32 and time.monotonic() < until:
        time.sleep(0.02)
    return key


def _kernel() -> Any:
    if sys.platform != "win32":
        raise ServerLost("these are pipes of Windows")
    kernel = ctypes.WinDLL("kernel32")
    kernel.OpenProcess.restype = ctypes.c_void_p
    kernel.WaitForSingleObject.argtypes = ctypes.c_void_p, ctypes.c_ulong
    kernel.TerminateProcess.argtypes = ctypes.c_void_p, ctypes.c_uint
    kernel.CloseHandle.argtypes = (ctypes.c_void_p,)
    kernel.GetNamedPipeServerProcessId.argtypes = ctypes.c_void_p, ctypes.c_void_p
    return kernel
