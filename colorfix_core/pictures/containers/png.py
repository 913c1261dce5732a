"""PNG files as a row of chunks, copied as they are.

ISO/IEC 15948:2004 (PNG, second edition) and W3C's third edition of 2025; sections are the latter's.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from colorfix_core.files.png import HEADER_END, SIGNATURE, DamagedFile, write_chunk

XMP = b"XML:com.adobe.xmp\0"
# A profile may be large, as scanners' are, but not without a limit.
_LARGEST_PROFILE = 1 << 26
_LARGEST_TEXT = 1 << 26
# Without these colors would be taken for others.
_COLORS = (b"iCCP", b"cICP", b"gAMA", b"cHRM", b"tRNS")
# What Pillow, among others, refuses to inflate.
SUSPICIOUS = (1 << 20) - 1


class Chunk(NamedTuple):
    """A chunk's kind and content."""

    kind: bytes
    content: bytes


def parse(data: bytes) -> tuple[tuple[Chunk, ...], tuple[str, ...]]:
    """All chunks, up to IEND or where the file ends, and the kinds of those left out.

    A wrong checksum is damage in a chunk that pixels or colors depend on (13.2); another chunk is
    left out.
    """
    found, damaged, at = [], [], len(SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        right = zlib.crc32(content, zlib.crc32(kind)).to_bytes(4, "big")
        if data[at + 8 + length : at + 12 + length] == right:
            found.append(Chunk(kind, content))
        elif not kind[0] & 32 or kind in _COLORS:  # critical (5.4)
            raise DamagedFile(f"its {_name(kind)} chunk is damaged or cut")
        else:
            damaged.append(_name(kind))
        at += 12 + length
        if kind == b"IEND":
            break
    return tuple(found), tuple(damaged)


def _name(kind: bytes) -> str:
    return kind.decode("ascii") if kind.isalpha() else "unknown"


def bare(chunks: Iterable[Chunk]) -> bytes:
    """The pixels alone: what decoders need, and nothing that they could stumble over."""
    return _file(c for c in chunks if c.kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))


def assembled(encoded: bytes, said: Iterable[Chunk]) -> bytes:
    """An encoder's picture with chunks behind its header."""
    stream = io.BytesIO()
    stream.write(encoded[:HEADER_END])
    for chunk in said:
        write_chunk(stream, *chunk)
    stream.write(encoded[HEADER_END:])
    return stream.getvalue()


def icc_profile(chunks: Iterable[Chunk]) -> bytes | None:
    """The embedded profile (11.3.2.3), or None.

    Raises
    ------
    DamagedFile
        If it does not inflate.
    """
    content = next((c.content for c in chunks if c.kind == b"iCCP"), b"")
    packed = content.partition(b"\0")[2][1:]
    try:
        return zlib.decompressobj().decompress(packed, _LARGEST_PROFILE) or None
    except zlib.error as error:
        raise DamagedFile("its ICC profile is damaged; convert it to sRGB elsewhere") from error


def icc_chunk(profile: bytes) -> Chunk:
    """A profile, compressed."""
    return Chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile))


def resolution(chunks: Iterable[Chunk]) -> tuple[float, float] | None:
    """Dots per inch (11.3.4.3), if a sensible number is told."""
    content = next((c.content for c in chunks if c.kind == b"pHYs"), b"")
    if len(content) != 9 or content[8] != 1:
        return None
    x, y = (value * 0.0254 for value in struct.unpack(">II", content[:8]))
    return (x, y) if min(x, y) >= 1 and max(x, y) < 1e5 else None


def aspect(chunks: Iterable[Chunk]) -> tuple[int, int] | None:
    """How dense pixels are across and down, where that differs and no unit is told (11.3.4.3)."""
    content = next((c.content for c in chunks if c.kind == b"pHYs"), b"")
    if len(content) != 9 or content[8]:
        return None
    x, y = struct.unpack(">II", content[:8])
    return (x, y) if 0 < x != y and y > 0 and max(x, y) < 1 << 16 else None


def readable(chunk: Chunk) -> Chunk:
    """The chunk, its text not compressed if programs could take it for a decompression bomb."""
    kind, content = chunk
    head, _, rest = content.partition(b"\0")
    try:
        if kind == b"zTXt":
            text = _inflated(rest[1:])
            return Chunk(b"tEXt", head + b"\0" + text) if len(text) > SUSPICIOUS else chunk
        if kind == b"iTXt" and rest[:1] == b"\1":
            language, translated, packed = rest[2:].split(b"\0", 2)
            text = _inflated(packed)
            plain = b"\0".join((head, b"\0\0" + language, translated, text))
            return Chunk(kind, plain) if len(text) > SUSPICIOUS else chunk
    except (zlib.error, ValueError):
        pass  # damaged text is copied as it is
    return chunk


def _inflated(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, _LARGEST_TEXT)


def xmp(chunks: Iterable[Chunk]) -> bytes:
    """The XMP packet (XMP specification, part 3, 1.1.5); empty if there is none."""
    for kind, content in chunks:
        if kind == b"iTXt" and content.startswith(XMP):
            rest = content[len(XMP) :]
            text = rest[2:].split(b"\0", 2)[2]
            return _inflated(text) if rest[0] else text
    return b""


def xmp_chunk(packet: bytes) -> Chunk:
    """An XMP packet, not compressed, as its specification asks."""
    return Chunk(b"iTXt", XMP + b"\0\0\0\0" + packet)


def _file(chunks: Iterable[Chunk]) -> bytes:
    stream = io.BytesIO()
    stream.write(SIGNATURE)
    for chunk in chunks:
        write_chunk(stream, *chunk)
    return stream.getvalue()
