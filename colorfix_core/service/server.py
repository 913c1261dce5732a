"""A process that keeps torch and the weights loaded between two runs of a plug-in.

A plug-in starts it when it first needs the networks, and later runs find it again by its
socket. It ends by itself: when nobody has asked for a while, or when GIMP has gone. It holds
nothing but what it loaded, so that it may die at any moment; the next run starts another.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from colorfix_core.errors import trace
from colorfix_core.service import here, local, wire
from colorfix_core.service.connection import Connection
from colorfix_core.service.framing import BadMessage
from colorfix_core.service.requests import Answer, Request
from colorfix_core.service.serving import beating, serve


def main(arguments: Sequence[str]) -> None:
    """Serve until there is no need any more: SOCKET PID-OF-GIMP VERSION SITE-PACKAGES..."""
    os.umask(0o077)
    address, gimp, _version, *site_packages = arguments
    sys.path.extend(site_packages)
    # The modules load meanwhile, so that who connects hears that somebody is there.
    serve(address, int(gimp), serve_one, here.load_modules)


def serve_one(connection: Connection) -> None:
    """Send an answer or an error to a process of this user."""
    with connection:
        if not local.is_own(connection):
            return
        try:
            request = wire.receive_request(connection)
        except (OSError, BadMessage):
            return  # the plug-in has ended, or it was none
        with beating(connection):
            reply = _reply_to(request)
        with contextlib.suppress(OSError):  # the user has cancelled
            wire.send_reply(connection, reply)


def _reply_to(request: Request) -> Answer | Exception:
    try:
        return here.answer(request)
    except Exception as error:
        trace(error)
        return error
