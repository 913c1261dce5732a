"""A process that keeps torch and the weights loaded between two runs of a plug-in.

A plug-in starts it when it first needs the networks, and later runs find it again by its
socket. It ends by itself: when nobody has asked for a while, or when GIMP has gone. It holds
nothing but what it loaded, so that it may die at any moment; the next run starts another.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence

from colorfix_core.service import here, peers, wire
from colorfix_core.service.requests import Answer

IDLE_SECONDS = 600
LOOK_AROUND_SECONDS = 2


def main(arguments: Sequence[str]) -> None:
    """Serve until there is no need any more: SOCKET PID-OF-GIMP SITE-PACKAGES..."""
    os.umask(0o077)
    address, gimp, *site_packages = arguments
    sys.path.extend(site_packages)
    serve(address, int(gimp))


def serve(address: str, gimp: int) -> None:
    """Answer requests at a socket until GIMP has gone or nobody has asked for a while.

    Parameters
    ----------
    address : path of the socket; what lies there from a server that has died is replaced
    gimp : process id
    """
    lock = open(f"{address}.lock", "w")  # noqa: SIM115 - held until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another server was faster
    if os.path.exists(address):
        os.unlink(address)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        listener.settimeout(LOOK_AROUND_SECONDS)
        _load_modules()
        _accept_while_needed(listener, gimp)
    os.unlink(address)


def _accept_while_needed(listener: socket.socket, gimp: int) -> None:
    """A thread for each request: nobody waits for what a cancelled dialog has asked."""
    last = time.monotonic()
    while time.monotonic() - last < IDLE_SECONDS and _is_alive(gimp):
        try:
            accepted, _peer = listener.accept()
        except TimeoutError:
            continue
        accepted.setblocking(True)
        threading.Thread(target=serve_one, args=(accepted,)).start()
        last = time.monotonic()


def _load_modules() -> None:
    """Import what every request needs; it is done while the first one is being prepared."""
    with contextlib.suppress(Exception):  # a request meets the same error and reports it
        from colorfix_core import fixer  # noqa: F401
        from colorfix_core.networks import loaded, predictor, vae  # noqa: F401


def serve_one(connection: socket.socket) -> None:
    """Send an answer or an error to a process of this user."""
    with connection:
        if not peers.is_own(connection):
            return
        try:
            request = wire.receive_request(connection)
        except (OSError, wire.BadMessage):
            return  # the plug-in has ended, or it was none
        try:
            reply: Answer | Exception = here.answer(request)
        except Exception as error:
            reply = error
        with contextlib.suppress(OSError):  # the user has cancelled
            wire.send_reply(connection, reply)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
