"""Listening for as long as somebody needs it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from colorfix_core.service import framing, local
from colorfix_core.service.connection import Connection, Listener, Taken

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
    serve_one: Callable[[Connection], None],
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Serve until the owner has gone, or nobody has come for a while.

    Parameters
    ----------
    address : from `local.address_of`; what lies there from a server that has died is replaced
    owner : process id of GIMP
    serve_one : called with each connection, in a thread of its own; closes it
    meanwhile : called once, in a thread of its own, when connections are taken already
    """
    try:
        listener = local.Listening(address)
    except Taken:
        return  # another server was faster
    # In a thread of its own, so that who connects meanwhile hears that somebody is there.
    threading.Thread(target=meanwhile, daemon=True).start()
    _accept_while_needed(listener, owner, serve_one)
    listener.close()


def _accept_while_needed(
    listener: Listener, owner: int, serve_one: Callable[[Connection], None]
) -> None:
    """A thread for each connection: nobody waits for what a cancelled dialog has asked."""
    last = time.monotonic()
    served: list[threading.Thread] = []
    while time.monotonic() - last < IDLE_SECONDS and local.is_alive(owner):
        served = [thread for thread in served if thread.is_alive()]
        if served:
            last = time.monotonic()
        accepted = listener.accept(LOOK_AROUND_SECONDS)
        if accepted is None:
            continue
        accepted.settimeout(PEER_SECONDS)
        served.append(threading.Thread(target=serve_one, args=(accepted,), daemon=True))
        served[-1].start()
        last = time.monotonic()


@contextlib.contextmanager
def beating(connection: Connection) -> Iterator[None]:
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
