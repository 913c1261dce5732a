"""Files made of boxes: JPEG 2000 (ITU-T T.800, I), HEIF and AVIF (ISO/IEC 14496-12, 23008-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

# What stands before the boxes within a box.
_WITHIN = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"jp2h": 0}
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
# How gain maps are called: ISO 21496-1's kind of item, and Apple's kind of picture beside another.
_GAIN_MAPS = (b"infe", b"tmap"), (b"auxC", b"hdrgainmap")


class Box(NamedTuple):
    """A box's kind and content."""

    kind: bytes
    content: bytes


def boxes(data: bytes) -> Iterator[Box]:
    """All boxes of a file, and those within the ones that say how pixels are to be understood."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        end = at + length if length else len(data)
        if end < at + head or end > len(data):
            return
        content = data[at + head : end]
        yield Box(kind, content)
        if kind in _WITHIN:
            yield from boxes(content[_WITHIN[kind] :])
        at = end


def codes(found: tuple[Box, ...]) -> tuple[int, int] | None:
    """Primaries and transfer of H.273 that a HEIF or AVIF file names (14496-12, 12.1.5)."""
    named = (b.content for b in found if b.kind == b"colr" and b.content[:4] == b"nclx")
    content = next(named, b"")
    return struct.unpack_from(">HH", content, 4) if len(content) >= 8 else None


def jpeg_2000_colors(found: tuple[Box, ...]) -> tuple[bytes | None, int]:
    """The ICC profile, or the number of the color space (T.800, I.5.3.3; 16 is sRGB)."""
    for kind, content in found:
        if kind == b"colr" and content[:1] in (b"\2", b"\3"):
            return content[3:], 0
        if kind == b"colr" and content[:1] == b"\1" and len(content) >= 7:
            return None, int.from_bytes(content[3:7], "big")
    return None, 16


def jpeg_2000_bits(data: bytes, found: tuple[Box, ...]) -> int:
    """Bits a channel (T.800, I.5.3.1, A.5.1)."""
    head = next((b.content for b in found if b.kind == b"ihdr"), b"")
    if len(head) > 10 and head[10] != 255:
        return (head[10] & 127) + 1
    mark = data.find(b"\xff\x4f\xff\x51")
    return (data[mark + 42] & 127) + 1 if 0 <= mark < len(data) - 42 else 8


def avif_bits(found: tuple[Box, ...]) -> int:
    """Bits a channel (AV1 in ISO files, 2.3.3)."""
    head = next((b.content for b in found if b.kind == b"av1C"), b"")
    if len(head) < 3 or not head[2] & 0x40:
        return 8
    return 12 if head[2] & 0x20 else 10


def xmp(found: tuple[Box, ...]) -> bytes:
    """The XMP packet of a JPEG 2000 file."""
    packets = (b.content[16:] for b in found if b.kind == b"uuid" and b.content[:16] == _XMP)
    return next(packets, b"")


def has_gain_map(found: tuple[Box, ...]) -> bool:
    """Whether another picture makes this one brighter on HDR screens."""
    inside = b"".join(content for kind, content in found if kind == b"meta")
    return any(kind in inside and name in inside for kind, name in _GAIN_MAPS)
