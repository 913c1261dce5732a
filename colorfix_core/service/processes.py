"""Processes that outlive a run of the plug-in: found by their socket, or started.

Nothing but the standard library is imported, so that a plug-in whose Python has no more than
that can start one under another Python.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from colorfix_core.errors import debugging
from colorfix_core.service import peers
from colorfix_core.service.environment import clean_environment

START_SECONDS = 30
AGAIN_SECONDS = 1
# Run by -c and with -P, so that no folder of this package comes before the installed packages.
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from importlib import import_module; import_module(sys.argv[2]).main(sys.argv[3:])"
)
_started: dict[Path, subprocess.Popen[bytes]] = {}  # by address, by this process


@dataclass(frozen=True)
class Installation:
    """What a process is started with, and what tells it from others.

    Attributes
    ----------
    folder : holds the package colorfix_core
    python : the Python to run, 3.11 or later; None: the one that is called python3
    site_packages : further folders to import from
    version : a text that changes whenever code, weights or packages do
    owner : the process without which it is not needed, GIMP; None: the parent of this one
    """

    folder: Path
    python: str | None
    site_packages: tuple[str, ...]
    version: str
    owner: int | None = None


class ServerLost(Exception):
    """The process cannot be started, has died, or is frozen."""


def prepare(installation: Installation, module: str) -> None:
    """Have a process start while other things are done here; who asks it meets its errors."""
    with contextlib.suppress(ServerLost, OSError):
        address = _address(installation, module)
        try:
            _dial(address).close()
        except OSError:
            _start(installation, module, address)


def connect(installation: Installation, module: str) -> socket.socket:
    """A connection to the process that runs `main` of a module, which is started if there is none.

    Raises
    ------
    ServerLost : there is none to be had
    """
    address = _address(installation, module)
    with contextlib.suppress(OSError):
        return _dial(address)
    process = _started.get(address)
    if process is None or process.poll() is not None:
        process = _start(installation, module, address)
    deadline = time.monotonic() + START_SECONDS
    again = time.monotonic() + AGAIN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return _dial(address)
        if process.poll():
            break
        # One that ended well has met another server, which may have been about to end.
        if process.poll() == 0 and time.monotonic() > again:
            process = _start(installation, module, address)
            again = time.monotonic() + AGAIN_SECONDS
        time.sleep(0.02)
    raise ServerLost


def end(connection: socket.socket) -> None:
    """End who listens at the other end: a frozen server would keep others from its place."""
    with contextlib.suppress(OSError):
        peer = peers.peer_of(connection)
        if peer is not None:
            os.kill(peer.process, signal.SIGKILL)


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


def _start(installation: Installation, module: str, address: Path) -> subprocess.Popen[bytes]:
    python = Path(installation.python).parent if installation.python else installation.folder
    if peers.open_to_others((python, installation.folder, *installation.site_packages)):
        raise ServerLost
    owner = installation.owner or os.getppid()
    command = [installation.python or "python3", "-P", "-c", BOOT, str(installation.folder),
               module, str(address), str(owner), *installation.site_packages]  # fmt: skip
    try:
        process = subprocess.Popen(
            command,
            # The networks are small: several threads would spend their time waiting for each other.
            env=clean_environment(OMP_NUM_THREADS="1"),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if debugging() else subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ServerLost from error
    _started[address] = process
    return process


def _address(installation: Installation, module: str) -> Path:
    """Where the process of exactly this installation listens: a folder nobody else can enter."""
    if not hasattr(socket, "AF_UNIX") or os.environ.get("COLORFIX_HELPER") == "off":
        raise ServerLost
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(base) / f"colorfix-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise ServerLost
    different = "\n".join((module, installation.version))
    return folder / hashlib.sha256(different.encode()).hexdigest()[:16]
