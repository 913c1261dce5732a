"""What a connection between two processes of one user is, whatever a system makes it of."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self


class Connection(Protocol):
    """What is used of a `socket.socket`; bytes arrive in the order in which they are sent.

    TimeoutError where the other end takes longer than it is given, other OSErrors where it is gone.
    """

    def settimeout(self, seconds: float | None, /) -> None:
        """How long each sending and receiving may take; None: for ever."""

    def sendall(self, data: bytes | bytearray | memoryview, /) -> None:
        """Send bytes."""

    def recv(self, size: int, /) -> bytes:
        """Up to so many bytes; none where the other end has hung up."""
        ...

    def close(self) -> None:
        """Hang up."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> object: ...


class Listener(Protocol):
    """Where others connect."""

    def accept(self, seconds: float) -> Connection | None:
        """The next who connects; None if nobody does for so long."""

    def close(self) -> None:
        """Listen no longer."""


class ServerLost(Exception):
    """A process cannot be started, has died, or is frozen; the text may say why."""


class Taken(Exception):
    """Another process listens there."""
