"""Processes that outlive a run of the plug-in: found where they listen, or started.

Nothing but the standard library is imported, so that a plug-in whose Python has no more than
that can start one under another Python.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from colorfix_core.errors import debugging
from colorfix_core.service import local, peers
from colorfix_core.service.connection import Connection, ServerLost
from colorfix_core.service.environment import clean_environment

START_SECONDS = 30
AGAIN_SECONDS = 1
# Run by -c and with -P, so that no folder of this package comes before the installed packages.
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from importlib import import_module; import_module(sys.argv[2]).main(sys.argv[3:])"
)
_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0  # subprocess.CREATE_NO_WINDOW
_started: list[tuple[str, subprocess.Popen[bytes]]] = []  # by this process, and where


@dataclass(frozen=True)
class Installation:
    """What a process is started with, and what tells it from others.

    Attributes
    ----------
    folder : holds the package colorfix_core
    python : the Python to run, 3.11 or later; None: the one that is called python3
    site_packages : further folders to import from
    version : a word that changes whenever code, weights or packages do
    owner : the process without which it is not needed, GIMP; None: the parent of this one
    """

    folder: Path
    python: str | None
    site_packages: tuple[str, ...]
    version: str
    owner: int | None = None


def prepare(installation: Installation, module: str) -> None:
    """Have a process start while other things are done here; who asks it meets its errors."""
    with contextlib.suppress(ServerLost, OSError):
        address = _address(installation, module)
        try:
            local.dial(address).close()
        except OSError:
            _start(installation, module, address)


def connect(installation: Installation, module: str) -> Connection:
    """A connection to the process that runs `main` of a module, which is started if there is none.

    Raises
    ------
    ServerLost : there is none to be had
    """
    address = _address(installation, module)
    with contextlib.suppress(OSError):
        return local.dial(address)
    running = [process for place, process in _started if place == address]
    if running and running[-1].poll() is None:
        process = running[-1]
    else:
        process = _start(installation, module, address)
    deadline = time.monotonic() + START_SECONDS
    again = time.monotonic() + AGAIN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return local.dial(address)
        if code := process.poll():
            raise ServerLost(f"{installation.python or 'python3'} ended with code {code}")
        # One that ended well has met another server, which may have been about to end.
        if process.poll() == 0 and time.monotonic() > again:
            process = _start(installation, module, address)
            again = time.monotonic() + AGAIN_SECONDS
        time.sleep(0.02)
    raise ServerLost(f"nobody answered within {START_SECONDS} seconds")


def _start(installation: Installation, module: str, address: str) -> subprocess.Popen[bytes]:
    python = Path(installation.python).parent if installation.python else installation.folder
    if peers.open_to_others((python, installation.folder, *installation.site_packages)):
        raise ServerLost("other users could change what it runs")
    owner = installation.owner or os.getppid()
    command = [installation.python or "python3", "-P", "-c", BOOT, str(installation.folder),
               module, address, str(owner), installation.version,
               *installation.site_packages]  # fmt: skip
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
            creationflags=_NO_WINDOW,
        )
    except OSError as error:
        raise ServerLost(str(error)) from error
    _started.append((address, process))
    return process


def _address(installation: Installation, module: str) -> str:
    """Where the process of exactly this installation listens."""
    if os.environ.get("COLORFIX_HELPER") == "off":
        raise ServerLost("COLORFIX_HELPER forbids it")
    different = "\n".join((module, installation.version))
    return local.address_of(hashlib.sha256(different.encode()).hexdigest()[:16])
