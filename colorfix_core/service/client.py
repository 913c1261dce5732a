"""Asking the networks: through the warm process, or in this one if there can be none."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from colorfix_core.errors import debugging
from colorfix_core.service import here, peers, wire
from colorfix_core.service.environment import clean_environment
from colorfix_core.service.requests import Answer, Request

START_SECONDS = 30
AGAIN_SECONDS = 1
# A server that works says so every two seconds; one that has been quiet for so long is frozen.
SILENCE_SECONDS = 20
FROZEN = "The process that keeps the networks loaded was frozen and has been replaced."
# Run by -c and with -P, so that no folder of this package comes before the installed packages.
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from colorfix_core.service.server import main; main(sys.argv[2:])"
)
_started: list[subprocess.Popen[bytes]] = []  # the servers that this process has started


@dataclass(frozen=True)
class Installation:
    """What a server is started with, and what tells it from others.

    Attributes
    ----------
    folder : holds the package colorfix_core
    python : the Python to run, 3.11 or later; None: the one that is called python3
    site_packages : further folders to import from
    version : a text that changes whenever code, weights or packages do
    """

    folder: Path
    python: str | None
    site_packages: tuple[str, ...]
    version: str


class ServerLost(Exception):
    """The server cannot be started, has died, or is frozen."""


def prepare(installation: Installation) -> None:
    """Have a server load while other things are done here; who asks it meets its errors."""
    with contextlib.suppress(ServerLost, OSError):
        address = _address(installation)
        try:
            _dial(address).close()
        except OSError:
            _start(installation, address)


def ask(installation: Installation, request: Request, patience: float = SILENCE_SECONDS) -> Answer:
    """Have a request answered by a server, which is started if need be, or else here.

    A server that is silent for longer than `patience`, in seconds, is ended, and the answer holds
    a note of that.

    Raises
    ------
    ColorFixError, ImportError, MemoryError, RuntimeError : whatever the work has raised
    """
    notes: list[str] = []
    try:
        answer = _ask_server(installation, request, patience, notes)
    except ServerLost:
        answer = here.answer(request)
    return replace(answer, notes=(*notes, *answer.notes)) if notes else answer


def _ask_server(
    installation: Installation, request: Request, patience: float, notes: list[str]
) -> Answer:
    """Ask the server, and a new one if the first dies over it or is frozen."""
    for _attempt in range(2):
        with contextlib.suppress(OSError, wire.BadMessage), _connect(installation) as connection:
            reply = _reply(connection, request, patience)
            if reply is not None:
                break
            notes[:] = [FROZEN]
    else:
        raise ServerLost
    if isinstance(reply, Exception):
        raise reply
    return reply


def _reply(
    connection: socket.socket, request: Request, patience: float
) -> Answer | Exception | None:
    """What the server says; None if it says nothing for too long, and is ended therefore."""
    connection.settimeout(patience)
    try:
        wire.send_request(connection, request)
        return wire.receive_reply(connection)
    except TimeoutError:
        _end(connection)
        return None


def _end(connection: socket.socket) -> None:
    """End who listens at the other end: a frozen server would keep others from its place."""
    with contextlib.suppress(OSError):
        peer = peers.peer_of(connection)
        if peer is not None:
            os.kill(peer.process, signal.SIGKILL)


def _connect(installation: Installation) -> socket.socket:
    """A connection to the server, which is started if there is none."""
    address = _address(installation)
    with contextlib.suppress(OSError):
        return _dial(address)
    running = _started and _started[-1].poll() is None
    process = _started[-1] if running else _start(installation, address)
    deadline = time.monotonic() + START_SECONDS
    again = time.monotonic() + AGAIN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return _dial(address)
        if process.poll():
            break
        # One that ended well has met another server, which may have been about to end.
        if process.poll() == 0 and time.monotonic() > again:
            process, again = _start(installation, address), time.monotonic() + AGAIN_SECONDS
        time.sleep(0.02)
    raise ServerLost


def _dial(address: Path) -> socket.socket:
    dialled = socket.socket(socket.AF_UNIX)
    try:
        dialled.connect(str(address))
        if not peers.is_own(dialled):
            raise ConnectionRefusedError("somebody else listens there")
    except OSError:
        dialled.close()
        raise
    return dialled


def _start(installation: Installation, address: Path) -> subprocess.Popen[bytes]:
    python = Path(installation.python).parent if installation.python else installation.folder
    if peers.open_to_others((python, installation.folder, *installation.site_packages)):
        raise ServerLost
    # The networks are small: several threads would spend their time waiting for each other.
    environment = clean_environment(OMP_NUM_THREADS="1")
    command = [installation.python or "python3", "-P", "-c", BOOT, str(installation.folder),
               str(address), str(os.getppid()), *installation.site_packages]  # fmt: skip
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if debugging() else subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ServerLost from error
    _started.append(process)
    return process


def _address(installation: Installation) -> Path:
    """Where the server of exactly this installation listens: a folder nobody else can enter."""
    if not hasattr(socket, "AF_UNIX") or os.environ.get("COLORFIX_HELPER") == "off":
        raise ServerLost
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(base) / f"colorfix-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise ServerLost
    return folder / hashlib.sha256(installation.version.encode()).hexdigest()[:16]
