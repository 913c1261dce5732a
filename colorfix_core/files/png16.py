"""PNG pictures of 16 bits a channel, RGB and RGBA, which Pillow neither reads nor writes.

ISO/IEC 15948:2004 (PNG, second edition); section numbers in the comments are its own.

LUT files come from anywhere, so this decoder takes damage well. imagecodecs 2026.3.6 reads such
files too, but brought Python 3.11 down after some hundred thousand damaged ones.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}


def header(stream: BinaryIO) -> tuple[int, int, int, int, int]:
    """Read width, height, bit depth, colour type (11.2.2) and interlacing; rewinds the stream."""
    head = stream.read(33)
    stream.seek(0)
    if len(head) < 33 or head[:8] != SIGNATURE or head[12:16] != b"IHDR":
        raise LutFileError("it is no PNG picture")
    width, height, depth, colour_type, _, _, interlaced = struct.unpack(">IIBBBBB", head[16:29])
    return width, height, depth, colour_type, interlaced


def read(stream: BinaryIO) -> np.ndarray:
    """Read a 16-bit RGB or RGBA picture whose size the caller found acceptable.

    Returns
    -------
    (H, W, 3 or 4) uint16

    Raises
    ------
    LutFileError
        If it is of another kind, interlaced, or damaged.
    """
    width, height, depth, colour_type, interlaced = header(stream)
    if depth != 16 or colour_type not in _CHANNELS or interlaced:
        raise LutFileError("it is no plain 16-bit RGB PNG picture")
    channels = _CHANNELS[colour_type]
    row = width * channels * 2
    data = _decompressed(stream, height * (row + 1))
    lines = np.frombuffer(data, np.uint8).reshape(height, row + 1)
    if lines[:, 0].max() > 4:
        raise LutFileError("its picture data is damaged")
    pixels = _unfiltered(lines[:, 0], lines[:, 1:].reshape(height, width, channels * 2))
    return pixels.view(">u2").astype(np.uint16)


def _decompressed(stream: BinaryIO, wanted: int) -> bytes:
    """Inflate all IDAT chunks; never more than `wanted` bytes, and not fewer."""
    stream.seek(len(SIGNATURE))
    inflater, parts, size = zlib.decompressobj(), [], 0
    try:
        while size < wanted:
            length, kind = struct.unpack(">I4s", stream.read(8))
            chunk = stream.read(length)
            checksum = struct.unpack(">I", stream.read(4))[0]
            if zlib.crc32(chunk, zlib.crc32(kind)) != checksum:
                raise LutFileError("its picture data is damaged")
            if kind == b"IDAT":
                parts.append(inflater.decompress(chunk, wanted - size))
                size += len(parts[-1])
            elif kind == b"IEND":
                break
    except (struct.error, zlib.error) as error:
        raise LutFileError("its picture data is damaged") from error
    if size < wanted:
        raise LutFileError("its picture data ends early")
    return b"".join(parts)


def _unfiltered(kinds: np.ndarray, filtered: np.ndarray) -> np.ndarray:
    """Undo the row filters (9.2) of (H, W, bytes a pixel) uint8.

    A byte needs its neighbours to the left, above, and above left. All pixels of one diagonal
    have theirs on earlier diagonals, so a diagonal is one array operation.
    """
    height, width, size = filtered.shape
    out = np.zeros((height + 1, width + 1, size), np.int16)
    for diagonal in range(height + width - 1):
        y = np.arange(max(0, diagonal - width + 1), min(height, diagonal + 1))
        x = diagonal - y
        left, above, corner = out[y + 1, x], out[y, x + 1], out[y, x]
        choices = (0, left, above, (left + above) >> 1, _paeth(left, above, corner))
        predicted = np.choose(kinds[y, None], choices)
        out[y + 1, x + 1] = (filtered[y, x] + predicted) & 255
    return out[1:, 1:].astype(np.uint8)


def _paeth(left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """The neighbour nearest to left + above - corner (9.4)."""
    from_left, from_above = np.abs(above - corner), np.abs(left - corner)
    from_corner = np.abs(left + above - 2 * corner)
    nearest = np.where(from_above <= from_corner, above, corner)
    return np.where((from_left <= from_above) & (from_left <= from_corner), left, nearest)


def write(pixels: np.ndarray, stream: BinaryIO) -> None:
    """Write an (H, W, 3 or 4) uint16 picture, tagged sRGB."""
    height, width, channels = pixels.shape
    colour_type = {3: 2, 4: 6}[channels]
    data = pixels.astype(">u2").view(np.uint8).reshape(height, -1)
    lines = np.empty((height, data.shape[1] + 1), np.uint8)
    lines[:, 0] = 2  # each row as its difference to the one above
    lines[0, 1:] = data[0]
    np.subtract(data[1:], data[:-1], out=lines[1:, 1:])
    stream.write(SIGNATURE)
    _write_chunk(stream, b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0))
    _write_chunk(stream, b"sRGB", b"\0")
    _write_chunk(stream, b"IDAT", zlib.compress(lines.tobytes(), 6))
    _write_chunk(stream, b"IEND", b"")


def _write_chunk(stream: BinaryIO, kind: bytes, data: bytes) -> None:
    checksum = zlib.crc32(data, zlib.crc32(kind))
    stream.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum))
