"""What a plug-in and an engine say to each other: plain values, arrays as bytes, and handles.

Nothing but the standard library is imported: a plug-in whose Python has no numpy uses this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Buffers: TypeAlias = Sequence[Any]  # whatever has the buffer protocol, one dimension of bytes
ARRAY, HELD = "$array", "$held"


@dataclass(frozen=True)
class Pixels:
    """An array where there is no numpy: its bytes as they lie in memory, row after row.

    Attributes
    ----------
    data : bytes, or what has their buffer protocol
    shape : (height, width) or (height, width, channels), as a rule
    dtype : numpy's name of it: "uint8", "float32" and so on
    """

    data: bytes
    shape: tuple[int, ...]
    dtype: str


class Transport(Protocol):
    """The way to an engine."""

    def exchange(self, head: dict[str, Any], buffers: Buffers) -> tuple[Any, Buffers]:
        """Have an operation done; from any thread.

        Parameters
        ----------
        head : {"do": operation, "with": arguments, "drop": numbers of what is no longer held}
            Arguments are what JSON knows; {ARRAY: n, "shape": ..., "dtype": ...} is the n-th of
            the buffers, and {HELD: number} what the engine holds under a number.

        Returns
        -------
        The reply, {"result": ..., "notes": ...}, and its buffers, which are copied by the caller
        before it asks again. What the engine holds from now on is {HELD: number, "facts": {...}}.

        Raises
        ------
        Lost : the engine has gone, with all that it held
        ColorFixError, ImportError, MemoryError, RuntimeError, ValueError : what the work raised
        """
        ...

    def close(self) -> None:
        """Let go of all that is held."""
        ...


class Lost(Exception):
    """The engine at the other end has ended, cannot be started, or is frozen; says which."""


def walk(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same lists and mappings, with everything in them as `change` makes it.

    What `change` returns as it was given is looked into; the rest is taken as it is.
    """
    changed = change(value)
    if changed is not value:
        return changed
    if isinstance(value, list | tuple):
        return [walk(one, change) for one in value]
    if isinstance(value, Mapping):
        return {key: walk(one, change) for key, one in value.items()}
    return value
