"""WebP files as a row of RIFF chunks, copied as they are (RFC 9649, 2.3 to 2.7)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

# Bits of the extended header (2.7.1).
_FLAGS = {b"ICCP": 0x20, b"EXIF": 0x08, b"XMP ": 0x04}
_ALPHA = 0x10
PIXELS = (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")


class Chunk(NamedTuple):
    """A chunk's kind and content."""

    kind: bytes
    content: bytes


def parse(data: bytes) -> tuple[Chunk, ...]:
    """All chunks that are there as a whole."""
    found, at = [], 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        content = data[at + 8 : at + 8 + length]
        if len(content) < length:
            break
        found.append(Chunk(kind, content))
        at += 8 + length + length % 2
    return tuple(found)


def content(chunks: Iterable[Chunk], kind: bytes) -> bytes:
    """The first such chunk's content; empty if there is none."""
    return next((c.content for c in chunks if c.kind == kind), b"")


def assembled(
    encoded: bytes, size: tuple[int, int], has_alpha: bool, said: Iterable[Chunk]
) -> bytes:
    """An encoder's picture with a profile before the pixels and the rest behind (2.7)."""
    said = tuple(said)
    pixels = [c for c in parse(encoded) if c.kind in PIXELS and c.kind != b"VP8X"]
    flags = _ALPHA if has_alpha else 0
    for chunk in said:
        flags |= _FLAGS.get(chunk.kind, 0)
    edges = b"".join((edge - 1).to_bytes(3, "little") for edge in size)
    head = Chunk(b"VP8X", struct.pack("<I", flags) + edges)
    before = [c for c in said if c.kind == b"ICCP"]
    after = [c for c in said if c.kind != b"ICCP"]
    body = b"WEBP" + b"".join(map(_packed, [head, *before, *pixels, *after]))
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def _packed(chunk: Chunk) -> bytes:
    length = len(chunk.content)
    return struct.pack("<4sI", chunk.kind, length) + chunk.content + b"\0" * (length % 2)
