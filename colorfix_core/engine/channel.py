"""Messages with pixels: a header through a socket, the arrays through memory that both see.

A header's "sizes" says how many bytes each array has. A new memory comes as a file descriptor
(SCM_RIGHTS) beside the header's length, or on Windows as a name in the header, "memory". Each end
has one memory to write into, and writes only when it is its turn to speak; so what was read is
good until one speaks oneself.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Sequence
from typing import Any

from colorfix_core.engine.memory import Incoming, Outgoing
from colorfix_core.service import framing
from colorfix_core.service.connection import Connection
from colorfix_core.service.framing import BEAT, BadMessage

_MOST_DESCRIPTORS = 4


class Channel:
    """One end of a connection; requests and replies take turns."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._outgoing, self._incoming = Outgoing(), Incoming()

    def send(self, head: dict[str, Any], buffers: Sequence[Any]) -> None:
        """Send a message; OSError if nobody takes it, MemoryError if there is no room for it."""
        shared = self._outgoing.write(buffers)
        head = {**head, "sizes": [memoryview(part).nbytes for part in buffers]}
        if isinstance(shared, str):
            head["memory"] = shared
        data = framing.packed(head)
        if isinstance(shared, int) and isinstance(self.connection, socket.socket):
            try:
                sent = socket.send_fds(self.connection, [data], [shared])
            finally:
                os.close(shared)
            data = data[sent:]
        self.connection.sendall(data)

    def receive(self) -> tuple[dict[str, Any], list[memoryview]]:
        """Wait for a message; each beat starts the connection's time limit anew.

        Raises
        ------
        BadMessage, OSError : there comes none
        """
        while (begin := self._begin()) == BEAT:
            pass
        head = framing.head_after(self.connection, begin)
        try:
            if "memory" in head:
                name, size = str(head["memory"]).split()
                self._incoming.take_named(name, int(size))
            return head, self._incoming.read([int(size) for size in head["sizes"]])
        except (KeyError, OSError, TypeError, ValueError) as error:
            raise BadMessage("its arrays are not there") from error

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def _begin(self) -> bytes:
        """The length of a header, and a new memory if one comes with it."""
        if not isinstance(self.connection, socket.socket):
            return bytes(framing.exactly(self.connection, len(BEAT)))
        begin, descriptors, *_ = socket.recv_fds(self.connection, len(BEAT), _MOST_DESCRIPTORS)
        for extra in descriptors[1:]:
            os.close(extra)
        if descriptors:
            with contextlib.suppress(OSError, ValueError):  # then the arrays are not there
                self._incoming.take(descriptors[0])
        if not begin:
            raise BadMessage("it ended early")
        return begin + framing.exactly(self.connection, len(BEAT) - len(begin))
