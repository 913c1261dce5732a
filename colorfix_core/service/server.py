"""A process that keeps torch and the weights loaded between two runs of the filter.

A plug-in starts it when it first needs the network, and later runs find it again by its
socket. It ends by itself: when nobody has asked for a while, or when GIMP has gone. It holds
nothing but what it loaded, so that it may die at any moment; the next run starts another.

    python3 helper.py SOCKET PID-OF-GIMP SITE-PACKAGES...
"""

import contextlib
import fcntl
import os
import pickle
import socket
import sys
import threading
import time
from functools import cache
from multiprocessing.connection import Connection

IDLE_SECONDS = 600
LOOK_AROUND_SECONDS = 2
_loading = threading.Lock()


def answer(request: dict) -> tuple[list, list[str]]:
    """The LUTs after each iteration, and what the user should read.

    Without a picture the network is only loaded.
    """
    with _loading:
        fixer = _fixer(request["device"])
    if request["picture"] is None:
        return [], []
    prediction = fixer.predict_steps(
        request["picture"],
        iterations=request["iterations"],
        method=request["method"],
        mask=request["weights"],
        size=request["size"],
    )
    return list(prediction.luts), list(prediction.notes)


@cache
def _fixer(device: str):
    """The network on a device."""
    from colorfix_core import ColorFixer

    return ColorFixer.load(device=device)


def serve(address: str, gimp: int) -> None:
    """Answer one request after the other until there is no need any more."""
    lock = open(f"{address}.lock", "w")  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another helper was faster
    if os.path.exists(address):
        os.unlink(address)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        listener.settimeout(LOOK_AROUND_SECONDS)
        _load_modules()
        last = time.monotonic()
        while time.monotonic() - last < IDLE_SECONDS and _is_alive(gimp):
            try:
                accepted, _peer = listener.accept()
            except TimeoutError:
                continue
            accepted.setblocking(True)
            # A thread each: nobody waits for what a cancelled dialog has asked.
            threading.Thread(target=_serve_one, args=(Connection(accepted.detach()),)).start()
            last = time.monotonic()
    os.unlink(address)


def _load_modules() -> None:
    """Import what every request needs; it is done while the first one is being prepared."""
    with contextlib.suppress(Exception):  # a request meets the same error and reports it
        from colorfix_core import fixer  # noqa: F401
        from colorfix_core.networks import (
            predictor,  # noqa: F401
            vae,  # noqa: F401
            weights,  # noqa: F401
        )


def _serve_one(connection: Connection) -> None:
    """Send (answer, None), or (None, error)."""
    with connection:
        try:
            request = connection.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            return  # the plug-in has ended
        try:
            reply = answer(request), None
        except Exception as error:
            reply = None, _portable(error)
        with contextlib.suppress(OSError):  # the user has cancelled
            connection.send(reply)


def _portable(error: Exception) -> Exception:
    """The error, in a form that can be sent."""
    from colorfix_core.errors import ColorFixError

    if isinstance(error, (ColorFixError, ImportError, MemoryError)):
        return type(error)(str(error))
    return RuntimeError(f"{type(error).__name__}: {error}")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    sys.path.extend(sys.argv[3:])
    serve(sys.argv[1], int(sys.argv[2]))
