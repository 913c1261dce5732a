"""An engine at work: finds an operation by its name, and holds what has no place elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from colorfix_core.engine.contract import ARRAY, HELD, Buffers, walk
from colorfix_core.engine.operations import corrections, table
from colorfix_core.engine.operations.held import facts_of, is_held
from colorfix_core.messages import listening
from colorfix_core.pixels.depths import Array
from colorfix_core.service.requests import Answer, Request

DTYPES = ("uint8", "uint16", "uint32", "float16", "float32", "float64")


class Session:
    """What one client has an engine do, and hold, until it is closed; keeps `Transport`'s promise.

    Parameters
    ----------
    ask : has a request answered by the networks
    """

    def __init__(self, ask: Callable[[Request], Answer]) -> None:
        self._operations = {**table.OPERATIONS, **corrections.asking(ask)}
        self.held: dict[int, Any] = {}
        self._numbers = itertools.count(1)

    def exchange(self, head: dict[str, Any], buffers: Buffers) -> tuple[Any, list[Any]]:
        """See `Transport`; LookupError, TypeError or ValueError for what is no operation."""
        for number in head["drop"]:
            self.held.pop(number, None)
        arguments = walk(head["with"], lambda value: self._unpacked(value, buffers))
        with listening() as told:
            result = self._operations[head["do"]](*arguments)
        sent: list[Array] = []
        reply = {"result": walk(result, lambda value: self._packed(value, sent)), "notes": told}
        return reply, [array.reshape(-1).view(np.uint8).data for array in sent]

    def close(self) -> None:
        """See `Transport`."""
        self.held.clear()

    def _unpacked(self, value: Any, buffers: Buffers) -> Any:
        """An argument: arrays are read-only, and theirs only while the operation lasts."""
        if not isinstance(value, Mapping):
            return value
        if ARRAY in value:
            if value["dtype"] not in DTYPES:
                raise TypeError(f"arrays are of {', '.join(DTYPES)}, not {value['dtype']}")
            plain = np.frombuffer(buffers[value[ARRAY]], value["dtype"])
            array = plain.reshape(value["shape"])
            array.flags.writeable = False
            return array
        return self.held[value[HELD]] if HELD in value else value

    def _packed(self, value: Any, sent: list[Array]) -> Any:
        """A result: arrays become buffers, and what is held a number."""
        if isinstance(value, np.ndarray):
            sent.append(np.ascontiguousarray(value))
            return {ARRAY: len(sent) - 1, "shape": list(value.shape), "dtype": value.dtype.name}
        if is_held(value):
            number = next(self._numbers)
            self.held[number] = value
            return {HELD: number, "facts": facts_of(value)}
        return value
