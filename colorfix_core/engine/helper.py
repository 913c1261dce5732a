"""The way to an engine in a process of its own, under any Python that has numpy.

The process is warm: it serves every run of the plug-in until GIMP ends. Several threads may ask
at a time, each through a connection of its own; what one is given to hold, all can name.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Sequence
from typing import Any

from colorfix_core.engine.channel import Channel
from colorfix_core.engine.contract import Lost
from colorfix_core.service import local, processes
from colorfix_core.service.connection import ServerLost
from colorfix_core.service.framing import BadMessage, error_of
from colorfix_core.service.processes import Installation

PROCESS = "colorfix_core.engine.process"
SPEAKS = "colorfix engine 1"
# An engine that works says so every two seconds; one that has been quiet for so long is frozen.
SILENCE_SECONDS = 20
AGAIN_SECONDS = 2
_FROZEN = "The process that works on pixels did not answer and was ended; try again."
_GONE = "The process that works on pixels has ended; try again."


class _Ended(Lost):
    """Somebody was there and hung up."""


class Helper:
    """A `Transport`; the process is found, or started, at once.

    Parameters
    ----------
    patience : seconds of silence after which the process is taken for frozen, and ended

    Raises
    ------
    Lost : there is none to be had
    """

    def __init__(self, installation: Installation, patience: float = SILENCE_SECONDS) -> None:
        self._installation, self._patience = installation, patience
        self._session = os.urandom(16).hex()
        self._engine: str | None = None  # which process holds what the session was given
        self._idle: list[Channel] = [self._dialled()]
        self._closed = False
        self._changing = threading.Lock()

    def exchange(
        self, head: dict[str, Any], buffers: Sequence[Any]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """See `Transport`."""
        with self._changing:
            channel = self._idle.pop() if self._idle else None
        channel = channel or self._dialled()
        with self._losing(channel):
            channel.send(head, buffers)
            reply, data = channel.receive()
            copies = [bytes(part) for part in data]
        data.clear()
        self._put_back(channel)
        if "error" in reply:
            raise error_of(*map(str, reply["error"]))
        return reply, copies

    def close(self) -> None:
        """See `Transport`."""
        with self._changing:
            self._closed = True
            idle, self._idle = self._idle, []
        for channel in idle:
            channel.close()

    def _put_back(self, channel: Channel) -> None:
        with self._changing:
            if not self._closed:
                self._idle.append(channel)
                return
        channel.close()

    def _dialled(self) -> Channel:
        """A connection to a process that speaks as this one does.

        One that is about to end, or to be ended, may have taken the first.
        """
        until = time.monotonic() + AGAIN_SECONDS
        while True:
            try:
                return self._greeted()
            except _Ended:
                if time.monotonic() > until:
                    raise
            time.sleep(0.02)

    def _greeted(self) -> Channel:
        try:
            connection = processes.connect(self._installation, PROCESS)
        except (ServerLost, OSError) as error:
            raise Lost(
                f"The process that works on pixels cannot be started ({error}); "
                "run install.py --check."
            ) from error
        connection.settimeout(self._patience)
        channel = Channel(connection)
        with self._losing(channel):
            channel.send({"hello": SPEAKS, "session": self._session}, [])
            answer, _nothing = channel.receive()
            if answer.get("hello") != SPEAKS:
                local.end(connection)
                raise BadMessage("it speaks another language")
            if answer.get("engine") != (self._engine or answer.get("engine")):
                raise Lost(_GONE)
            self._engine = str(answer.get("engine"))
        return channel

    @contextlib.contextmanager
    def _losing(self, channel: Channel) -> Any:
        """Whatever goes wrong with a connection means that the process is lost; or is ended."""
        try:
            yield
        except TimeoutError as error:
            local.end(channel.connection)
            channel.close()
            raise Lost(_FROZEN) from error
        except (OSError, BadMessage) as error:
            channel.close()
            raise _Ended(_GONE) from error
        except BaseException:
            channel.close()
            raise
