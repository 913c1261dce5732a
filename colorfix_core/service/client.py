"""Asking the networks: through the warm process, or in this one if there can be none."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from colorfix_core.service import here, local, processes, wire
from colorfix_core.service.connection import Connection, ServerLost
from colorfix_core.service.framing import BadMessage
from colorfix_core.service.processes import Installation
from colorfix_core.service.requests import Answer, Request

SERVER = "colorfix_core.service.server"
# A server that works says so every two seconds; one that has been quiet for so long is frozen.
SILENCE_SECONDS = 20
FROZEN = "The process that keeps the networks loaded was frozen and has been replaced."


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
        with (
            contextlib.suppress(OSError, BadMessage),
            processes.connect(installation, SERVER) as connection,
        ):
            reply = _reply(connection, request, patience)
            if reply is not None:
                break
            notes[:] = [FROZEN]
    else:
        raise ServerLost
    if isinstance(reply, Exception):
        raise reply
    return reply


def _reply(connection: Connection, request: Request, patience: float) -> Answer | Exception | None:
    """What the server says; None if it says nothing for too long, and is ended therefore."""
    connection.settimeout(patience)
    try:
        wire.send_request(connection, request)
        return wire.receive_reply(connection)
    except TimeoutError:
        local.end(connection)
        return None
