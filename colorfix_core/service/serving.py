"""Listening at a socket for as long as somebody needs it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

from colorfix_core.service import framing, peers

IDLE_SECONDS = 600
LOOK_AROUND_SECONDS = 2
# How often who waits for a reply hears that it is being worked on; the client's patience is
# many of these.
BEAT_SECONDS = 2
# Who takes longer to say or take a part of a message is frozen, and would keep a thread here.
PEER_SECONDS = 60
# Work that lasts longer hangs, in a driver perhaps: it is given up by being silent.
WORK_SECONDS = 600


def serve(
    address: str,
    owner: int,
    serve_one: Callable[[socket.socket], None],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Serve at a socket until the owner has gone, or nobody has come for a while.

    Parameters
    ----------
    address : path of the socket; what lies there from a server that has died is replaced
    owner : process id of GIMP
    serve_one : called with each connection of this user, in a thread of its own; closes it
    meanwhile : called once, in a thread of its own, when connections are taken already
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
        threading.Thread(target=meanwhile, daemon=True).start()
        _accept_while_needed(listener, owner, serve_one)
    os.unlink(address)


def _accept_while_needed(
    listener: socket.socket, owner: int, serve_one: Callable[[socket.socket], None]
) -> None:
    """A thread for each connection: nobody waits for what a cancelled dialog has asked."""
    last = time.monotonic()
    served: list[threading.Thread] = []
    while time.monotonic() - last < IDLE_SECONDS and _is_alive(owner):
        served = [thread for thread in served if thread.is_alive()]
        if served:
            last = time.monotonic()
        try:
            accepted, _peer = listener.accept()
        except TimeoutError:
            continue
        accepted.settimeout(PEER_SECONDS)
        served.append(threading.Thread(target=_of_own, args=(serve_one, accepted), daemon=True))
        served[-1].start()
        last = time.monotonic()


def _of_own(serve_one: Callable[[socket.socket], None], connection: socket.socket) -> None:
    if peers.is_own(connection):
        serve_one(connection)
    else:
        connection.close()


@contextlib.contextmanager
def beating(connection: socket.socket) -> Iterator[None]:
    """Let the other end know, as long as the block lasts, that this process is alive."""
    done, until = threading.Event(), time.monotonic() + WORK_SECONDS

    def beat() -> None:
        with contextlib.suppress(OSError):  # nobody waits any more
            while not done.wait(BEAT_SECONDS) and time.monotonic() < until:
                framing.send_beat(connection)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
