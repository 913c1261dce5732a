"""What all messages between processes have in common: a length, a header, beats, errors.

    4 bytes  length of the header, big-endian; 0: no message, whoever works on one is alive
    header   JSON

Nothing but the standard library is imported. Whatever comes in, nothing is called or imported by
its name.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from colorfix_core import errors
from colorfix_core.service.connection import Connection

MAX_HEADER = 1 << 20
BEAT = bytes(4)
_ERRORS: dict[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (
        errors.ColorFixError, errors.ModelError, errors.LutFileError, errors.ImageError,
        errors.DeviceError, errors.EngineError, ImportError, ModuleNotFoundError, MemoryError,
    )
}  # fmt: skip


class BadMessage(Exception):
    """What came in is no message of this kind, or ended early."""


def packed(head: dict[str, Any]) -> bytes:
    """A header as it is sent."""
    text = json.dumps(head).encode()
    return struct.pack(">I", len(text)) + text


def send_beat(connection: Connection) -> None:
    """Say that the reply is being worked on."""
    connection.sendall(BEAT)


def head_after(connection: Connection, begin: bytes | bytearray) -> dict[str, Any]:
    """The header whose length has come in; BadMessage if it is none."""
    (length,) = struct.unpack(">I", begin)
    if length > MAX_HEADER:
        raise BadMessage("its header is too long")
    try:
        head = json.loads(exactly(connection, length))
    except (ValueError, RecursionError) as error:
        raise BadMessage("its header is damaged") from error
    if not isinstance(head, dict):
        raise BadMessage("its header is damaged")
    return head


def exactly(connection: Connection, size: int) -> bytearray:
    """So many bytes; memory is taken as they arrive, not as they are announced."""
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(size - len(data), 1 << 20))
        if not part:
            raise BadMessage("it ended early")
        data += part
    return data


def named(error: Exception) -> tuple[str, str]:
    """An error as kind and text; what is not known on the other side is told in full."""
    kind = type(error).__name__
    if _ERRORS.get(kind) is type(error):
        return kind, str(error)
    return "RuntimeError", f"{kind}: {error}"


def error_of(kind: str, text: str) -> Exception:
    """The error that has been named."""
    return _ERRORS.get(kind, RuntimeError)(text)
