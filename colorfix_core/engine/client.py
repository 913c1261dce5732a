"""Asking an engine, wherever it runs: what a plug-in sees of all arithmetic on pixels.

    engine = Client(connect)
    lut = engine.call("lut_in_file", "look.cube")
    corrected, has_hidden = engine.call("corrected", lut, Pixels(data, (300, 400, 3), "uint8"))

The operations are those of `colorfix_core.engine.operations.table`. Arrays go in and come out as
`Pixels`, and what is no plain value, a LUT for instance, as a `Held`. An engine that dies is
replaced; what it held is made again, by what had made it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from colorfix_core.engine.contract import ARRAY, HELD, Lost, Pixels, Transport, walk
from colorfix_core.errors import EngineError
from colorfix_core.messages import tell

ATTEMPTS = 2
LOST = "What was read of the layer was lost with the process that works on pixels; try again."


class HeldLost(EngineError):
    """What had grown in many calls is gone with the engine; who made it may begin anew."""


class Held:
    """Something that the engine holds; it lets go of it when this is no longer used.

    Attributes
    ----------
    facts : what is known of it here, as the operation that made it says
    """

    def __init__(self, session: _Session, number: int, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self.session, self.number = session, number
        # What makes it again: an operation, its arguments, and which of the things it returns.
        self.made_by: tuple[str, tuple[Any, ...], int] | None = None

    def __del__(self) -> None:
        self.session.dropped.append(self.number)


class _Session:
    """One engine, for as long as it lives."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.dropped: deque[int] = deque()

    def drain(self) -> list[int]:
        """What the engine need not hold any longer."""
        gone = []
        while self.dropped:
            gone.append(self.dropped.popleft())
        return gone


class Client:
    """See the module; any thread may call.

    Parameters
    ----------
    connect : the way to an engine, made when it is first needed and whenever one was lost
    """

    def __init__(self, connect: Callable[[], Transport]) -> None:
        self._connect = connect
        self._session: _Session | None = None
        self._changing = threading.RLock()

    def call(self, operation: str, *arguments: Any) -> Any:
        """Have an operation done.

        Parameters
        ----------
        operation : a name in the engine's table
        arguments : what JSON knows, `Pixels` and `Held`; also inside lists and mappings

        Returns
        -------
        The same kinds of values.

        Raises
        ------
        EngineError : there is no engine to be had, or it was lost twice
        HeldLost : what the operation goes on with is gone, and cannot be made again by itself
        ColorFixError, ImportError, MemoryError, RuntimeError, ValueError : what the work raised
        """
        reason: Exception | None = None
        for _attempt in range(ATTEMPTS):
            session = None
            try:
                session = self._present()
                return self._ask(session, operation, arguments)
            except Lost as lost:
                reason = lost
                self._forget(session)
        raise EngineError(str(reason)) from reason

    def close(self) -> None:
        """Let go of the engine, and of all that it holds."""
        with self._changing:
            self._forget(self._session)

    def _present(self) -> _Session:
        with self._changing:
            if self._session is None:
                self._session = _Session(self._connect())
            return self._session

    def _forget(self, session: _Session | None) -> None:
        with self._changing:
            if session is not None and session is self._session:
                self._session = None
                session.transport.close()

    def _ask(self, session: _Session, operation: str, arguments: tuple[Any, ...]) -> Any:
        buffers: list[Any] = []

        def pack(value: Any) -> Any:
            if isinstance(value, Pixels):
                buffers.append(value.data)
                place = len(buffers) - 1
                return {ARRAY: place, "shape": value.shape, "dtype": value.dtype}
            if isinstance(value, Held):
                return {HELD: self._number(session, value)}
            return value

        head = {"do": operation, "with": walk(arguments, pack), "drop": session.drain()}
        reply, data = session.transport.exchange(head, buffers)
        made: list[Held] = []

        def unpack(value: Any) -> Any:
            if isinstance(value, dict) and ARRAY in value:
                shape = tuple(value["shape"])
                return Pixels(bytes(data[value[ARRAY]]), shape, value["dtype"])
            if isinstance(value, dict) and HELD in value:
                made.append(Held(session, value[HELD], value["facts"]))
                return made[-1]
            return value

        result = walk(reply["result"], unpack)
        for place, held in enumerate(made):
            if not held.facts.get("grows"):
                held.made_by = operation, arguments, place
        for note in reply["notes"]:
            tell(note)
        return result

    def _number(self, session: _Session, held: Held) -> int:
        """Under which number the engine holds something, which is made again if need be."""
        with self._changing:
            if held.session is not session:
                if held.made_by is None:
                    raise HeldLost(LOST)
                operation, arguments, place = held.made_by
                again = _all_held(self._ask(session, operation, arguments))[place]
                held.session, held.number, again.number = session, again.number, -1
            return held.number


def _all_held(result: Any) -> list[Held]:
    """What a result holds of what the engine holds, in its order."""
    found: list[Held] = []

    def note(value: Any) -> Any:
        if isinstance(value, Held):
            found.append(value)
        return value

    walk(result, note)
    return found
