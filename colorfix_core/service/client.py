"""Asking the network: through the warm helper process, or here if there can be none."""

import contextlib
import hashlib
import os
import socket
import subprocess
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from colorfix_gimp import runtime

from colorfix_core.service import server

START_SECONDS = 30
AGAIN_SECONDS = 1
# What GIMP's own packaging puts into the environment would mislead another Python.
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "LD_PRELOAD", "LD_LIBRARY_PATH")
_started: list[subprocess.Popen] = []  # the helpers that this process has started


class HelperLost(Exception):
    """The helper cannot be started or has died."""


def prepare() -> None:
    """Have the helper load while other things are done here; who asks it meets its errors."""
    with contextlib.suppress(HelperLost, OSError):
        address = _address()
        try:
            _dial(address).close()
        except OSError:
            _start(address)


def ask(**request) -> tuple[list, list[str]]:
    """The LUTs after each iteration and what the user should read; see `server.answer`."""
    try:
        return _ask_helper(request)
    except HelperLost:
        return server.answer(request)


def _ask_helper(request: dict) -> tuple[list, list[str]]:
    """Ask the server, and a new one if the first dies over it."""
    for _attempt in range(2):
        with contextlib.suppress(OSError, EOFError), _connect() as connection:
            connection.send(request)
            reply, error = connection.recv()
            if error is not None:
                raise error
            return reply
    raise HelperLost


def _connect() -> Connection:
    """A connection to the server, which is started if there is none."""
    address = _address()
    with contextlib.suppress(OSError):
        return _dial(address)
    process = _started[-1] if _started and _started[-1].poll() is None else _start(address)
    deadline = time.monotonic() + START_SECONDS
    again = time.monotonic() + AGAIN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return _dial(address)
        if process.poll():
            break
        # One that ended well has met another server, which may have been about to end.
        if process.poll() == 0 and time.monotonic() > again:
            process, again = _start(address), time.monotonic() + AGAIN_SECONDS
        time.sleep(0.02)
    raise HelperLost


def _dial(address: Path) -> Connection:
    dialled = socket.socket(socket.AF_UNIX)
    try:
        dialled.connect(str(address))
    except OSError:
        dialled.close()
        raise
    return Connection(dialled.detach())


def _start(address: Path) -> subprocess.Popen:
    settings = runtime.settings()
    environment = {key: value for key, value in os.environ.items() if key not in MISLEADING}
    # The networks are small: several threads would spend their time waiting for each other.
    environment["OMP_NUM_THREADS"] = "1"
    command = [
        settings.get("python") or "python3",
        str(runtime.HERE / "helper.py"),
        str(address),
        str(os.getppid()),
        *settings["site_packages"],
    ]
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise HelperLost from error
    _started.append(process)
    return process


def _address() -> Path:
    """Where the helper of exactly this installation listens, in a folder nobody else can enter."""
    if not hasattr(socket, "AF_UNIX") or os.environ.get("COLORFIX_HELPER") == "off":
        raise HelperLost
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(base) / f"colorfix-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise HelperLost
    return folder / hashlib.sha256(_version().encode()).hexdigest()[:16]


def _version() -> str:
    """Changes whenever the plug-in, the core, the models or the runtime is installed anew."""
    kinds = ("*.py", "runtime.json", "colorfix_core/**/*.py", "models/*/*")
    files = [file for kind in kinds for file in runtime.HERE.glob(kind)]
    return "\n".join(f"{file} {file.stat().st_mtime_ns}" for file in sorted(files))
