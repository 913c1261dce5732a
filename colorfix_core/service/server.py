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
from collections.abc import Iterator, Sequence

from colorfix_core.errors import trace
from colorfix_core.service import here, peers, wire
from colorfix_core.service.requests import Answer, Request

IDLE_SECONDS = 600
LOOK_AROUND_SECONDS = 2
# How often who waits for a reply hears that it is being worked on; the client's patience is
# many of these.
BEAT_SECONDS = 2
# Who takes longer to say or take a part of a message is frozen, and would keep a thread here.
PEER_SECONDS = 60
# Work that lasts longer hangs, in a driver perhaps: it is given up by being silent.
WORK_SECONDS = 600


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
        # In a thread of its own, so that who connects meanwhile hears that somebody is there.
        threading.Thread(target=here.load_modules, daemon=True).start()
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
        accepted.settimeout(PEER_SECONDS)
        threading.Thread(target=serve_one, args=(accepted,)).start()
        last = time.monotonic()


def serve_one(connection: socket.socket) -> None:
    """Send an answer or an error to a process of this user."""
    with connection:
        if not peers.is_own(connection):
            return
        try:
            request = wire.receive_request(connection)
        except (OSError, wire.BadMessage):
            return  # the plug-in has ended, or it was none
        with _beating(connection):
            reply = _reply_to(request)
        with contextlib.suppress(OSError):  # the user has cancelled
            wire.send_reply(connection, reply)


def _reply_to(request: Request) -> Answer | Exception:
    try:
        return here.answer(request)
    except Exception as error:
        trace(error)
        return error


@contextlib.contextmanager
def _beating(connection: socket.socket) -> Iterator[None]:
    """Let the other end know, as long as the block lasts, that this process is alive."""
    done, until = threading.Event(), time.monotonic() + WORK_SECONDS

    def beat() -> None:
        with contextlib.suppress(OSError):  # nobody waits any more
            while not done.wait(BEAT_SECONDS) and time.monotonic() < until:
                wire.send_beat(connection)

    beating = threading.Thread(target=beat)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
