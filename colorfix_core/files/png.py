"""PNG files as a row of chunks: signature, header, and what lies between.

ISO/IEC 15948:2004 (PNG, second edition); section numbers in the comments are its own. What the
pixels mean is for others to know.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The signature, and the IHDR chunk with its 13 bytes.
HEADER_END = 33
# The bit of a kind's first letter by which a decoder may leave the chunk out (5.4).
ANCILLARY = 32


class DamagedFile(Exception):
    """What is wrong with a file, as "it is ..." or "its ...": the caller knows what file it is."""


class Header(NamedTuple):
    """What the IHDR chunk says (11.2.2)."""

    width: int
    height: int
    depth: int
    color_type: int
    interlaced: int


def header(stream: BinaryIO) -> Header:
    """Read the header of a PNG file at the stream's start, and rewind the stream.

    Raises
    ------
    DamagedFile
        If it is no PNG file.
    """
    head = stream.read(HEADER_END)
    stream.seek(0)
    if len(head) < HEADER_END or head[:8] != SIGNATURE or head[12:16] != b"IHDR":
        raise DamagedFile("it is no PNG picture")
    width, height, depth, color_type, _, _, interlaced = struct.unpack(">IIBBBBB", head[16:29])
    return Header(width, height, depth, color_type, interlaced)


def chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Read kind and content of each chunk, from the first to IEND.

    A chunk that pixels do not need (5.4) is left out if it is damaged.

    Raises
    ------
    DamagedFile
        If the file ends early, or a chunk that pixels need is not what its checksum (5.3) says.
    """
    stream.seek(len(SIGNATURE))
    kind = b""
    while kind != b"IEND":
        try:
            length, kind = struct.unpack(">I4s", stream.read(8))
            content = stream.read(length)
            checksum = struct.unpack(">I", stream.read(4))[0]
        except struct.error as error:
            raise DamagedFile("its picture data is damaged") from error
        if zlib.crc32(content, zlib.crc32(kind)) == checksum:
            yield kind, content
        elif not kind[0] & ANCILLARY:
            raise DamagedFile("its picture data is damaged")


def write_chunk(stream: BinaryIO, kind: bytes, content: bytes) -> None:
    """Write one chunk (5.3): length, kind, content, and the checksum of the latter two."""
    checksum = zlib.crc32(content, zlib.crc32(kind))
    stream.write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum))
