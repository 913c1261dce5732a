"""A process that works on the pixels of plug-ins whose own Python cannot.

It serves as `colorfix_core.service.server` does; the networks are asked there, not here, so that
a picture is shown while torch is still being loaded.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import colorfix_core
from colorfix_core.engine.channel import Channel
from colorfix_core.engine.helper import SPEAKS
from colorfix_core.engine.session import Session
from colorfix_core.errors import trace
from colorfix_core.luts import apply
from colorfix_core.service import client, local
from colorfix_core.service.connection import Connection
from colorfix_core.service.framing import BadMessage, named
from colorfix_core.service.processes import Installation
from colorfix_core.service.serving import beating, serve


def main(arguments: Sequence[str]) -> None:
    """Serve until there is no need any more: SOCKET PID-OF-GIMP VERSION SITE-PACKAGES..."""
    os.umask(0o077)
    address, gimp, version, *site_packages = arguments
    sys.path.extend(site_packages)
    installation = Installation(
        folder=Path(colorfix_core.__file__).parents[1],
        python=sys.executable,
        site_packages=tuple(site_packages),
        version=version,
        owner=int(gimp),
    )
    sessions = Sessions(partial(client.ask, installation))
    serve(address, int(gimp), partial(serve_one, sessions=sessions))


class Sessions:
    """What clients have an engine hold, for as long as they have a connection.

    Attributes
    ----------
    engine : tells this process from one that replaces it
    """

    def __init__(self, ask: Any) -> None:
        self._ask, self.engine = ask, os.urandom(8).hex()
        self._open: dict[str, tuple[Session, int]] = {}
        self._changing = threading.Lock()

    @contextlib.contextmanager
    def joined(self, name: str) -> Iterator[Session]:
        """The session of a name, which all connections of a client share."""
        with self._changing:
            session, users = self._open.get(name) or (Session(self._ask), 0)
            self._open[name] = session, users + 1
        try:
            yield session
        finally:
            self._leave(name)

    def _leave(self, name: str) -> None:
        with self._changing:
            session, users = self._open.pop(name)
            if users > 1:
                self._open[name] = session, users - 1
                return
            session.close()
            if not self._open:
                apply.forget()


def serve_one(connection: Connection, sessions: Sessions) -> None:
    """Do what a process of this user asks for, until it hangs up."""
    channel = Channel(connection)
    with contextlib.suppress(OSError, BadMessage), connection:
        if not local.is_own(connection):
            return
        head, _nothing = channel.receive()
        channel.send({"hello": SPEAKS, "engine": sessions.engine}, [])
        if head.get("hello") != SPEAKS:
            return
        with sessions.joined(str(head["session"])) as session:
            connection.settimeout(None)  # a dialog may be open for long
            while True:
                _answer(channel, session)


def _answer(channel: Channel, session: Session) -> None:
    head, buffers = channel.receive()
    with beating(channel.connection):
        try:
            reply, sent = session.exchange(head, buffers)
        except Exception as error:
            trace(error)
            reply, sent = {"error": named(error)}, []
    channel.send(reply, sent)
