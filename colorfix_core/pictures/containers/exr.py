"""OpenEXR files as a header of attributes, copied as they are (OpenEXR file layout, 2013).

What is copied keeps name, type and bytes; what describes how pixels are stored is an encoder's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

MAGIC = b"v/1\x01"
# Bits of the version field: names of up to 255 bytes, deep data, several parts.
_LONG_NAMES, _DEEP, _PARTS = 0x400, 0x800, 0x1000
# How pixels are stored, and a preview in the old colors.
_STORAGE = frozenset((
    b"channels", b"compression", b"dataWindow", b"lineOrder", b"tiles", b"type", b"version",
    b"chunkCount", b"name", b"maxSamplesPerPixel", b"preview",
))  # fmt: skip


class Damaged(Exception):
    """What is wrong with a file, as "its ..."."""


class Attribute(NamedTuple):
    """An attribute's name, type and value, as they stand in the file."""

    name: bytes
    kind: bytes
    value: bytes


class Header(NamedTuple):
    """The attributes of the first part, and where they end."""

    attributes: tuple[Attribute, ...]
    end: int
    version: int

    @property
    def is_deep(self) -> bool:
        """Whether pixels hold lists of samples."""
        return bool(self.version & _DEEP)

    @property
    def has_parts(self) -> bool:
        """Whether there may be other pictures."""
        return bool(self.version & _PARTS)

    def value(self, name: bytes) -> bytes:
        """An attribute's bytes; empty if there is none of that name."""
        return next((a.value for a in self.attributes if a.name == name), b"")

    @property
    def window(self) -> tuple[int, int, int, int]:
        """The first column and row that pixels are stored for, and the last ones."""
        value = self.value(b"dataWindow")
        if len(value) != 16:
            raise Damaged("its header does not say how large it is")
        left, top, right, bottom = struct.unpack("<4i", value)
        if right < left or bottom < top:
            raise Damaged("its header does not say how large it is")
        return left, top, right, bottom


def header(data: bytes) -> Header:
    """Read the header of the first part; Damaged if it is cut."""
    try:
        (version,) = struct.unpack_from("<I", data, 4)
        at, found = 8, []
        while data[at] != 0:
            name, at = _text(data, at)
            kind, at = _text(data, at)
            (size,) = struct.unpack_from("<I", data, at)
            at += 4 + size
            if at >= len(data):
                raise Damaged("its header is cut")
            found.append(Attribute(name, kind, data[at - size : at]))
    except (struct.error, IndexError, ValueError) as error:
        raise Damaged("its header is cut") from error
    return Header(tuple(found), at + 1, version)


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    end = data.index(b"\0", at, at + 256)
    return data[at:end], end + 1


def assembled(encoded: bytes, said: Iterable[Attribute]) -> bytes:
    """An encoder's picture of one part in lines, with what another header said beside storage."""
    own = header(encoded)
    kept = {a.name: a for a in said if a.name not in _STORAGE}
    attributes = [a for a in own.attributes if a.name not in kept] + list(kept.values())
    longest = max(len(text) for a in attributes for text in (a.name, a.kind))
    version = own.version | (_LONG_NAMES if longest > 31 else 0)
    head = MAGIC + struct.pack("<I", version) + b"".join(map(_packed, attributes)) + b"\0"
    # A table of places follows, up to where the first of them leads.
    (first,) = struct.unpack_from("<Q", encoded, own.end)
    count, moved = (first - own.end) // 8, len(head) - own.end
    places = struct.unpack_from(f"<{count}Q", encoded, own.end)
    table = struct.pack(f"<{count}Q", *(place + moved for place in places))
    return head + table + encoded[first:]


def _packed(attribute: Attribute) -> bytes:
    name, kind, value = attribute
    return name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value


def chromaticities(attributes: Mapping[bytes, bytes]) -> tuple[float, ...] | None:
    """x and y of red, green, blue and white, if a header says them."""
    value = attributes.get(b"chromaticities", b"")
    return struct.unpack("<8f", value) if len(value) == 32 else None


def told_names(said: Iterable[Attribute]) -> list[str]:
    """The names of what another format would lose: neither storage nor what all files have."""
    usual = (b"displayWindow", b"pixelAspectRatio", b"screenWindowCenter", b"screenWindowWidth",
             b"chromaticities")  # fmt: skip
    return [
        a.name.decode("latin-1") for a in said if a.name not in _STORAGE and a.name not in usual
    ]
