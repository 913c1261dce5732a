"""Pixels of PNG pictures of 16 bits a channel, RGB and RGBA: Pillow has no such pictures.

ISO/IEC 15948:2004 (PNG, second edition); section numbers in the comments are its own.

Files come from anywhere, so this decoder takes damage well. imagecodecs 2026.3.6 reads such
files too, but brought Python 3.11 down after some hundred thousand damaged ones.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from colorfix_core.files import png
from colorfix_core.files.png import DamagedFile

Bytes = NDArray[np.uint8]
_CHANNELS = {2: 3, 6: 4}
# What goes through the arithmetic of the row filters.
_Wide = NDArray[np.int16]


def read(stream: BinaryIO) -> NDArray[np.uint16]:
    """Read a 16-bit RGB or RGBA picture whose size the caller found acceptable.

    Returns
    -------
    (H, W, 3 or 4) uint16

    Raises
    ------
    DamagedFile
        If it is of another kind, interlaced, or damaged.
    """
    width, height, depth, color_type, interlaced = png.header(stream)
    if depth != 16 or color_type not in _CHANNELS or interlaced:
        raise DamagedFile("it is no plain 16-bit RGB PNG picture")
    channels = _CHANNELS[color_type]
    row = width * channels * 2
    data = _decompressed(stream, height * (row + 1))
    lines = np.frombuffer(data, np.uint8).reshape(height, row + 1)
    if lines[:, 0].max() > 4:
        raise DamagedFile("its picture data is damaged")
    pixels = _unfiltered(lines[:, 0], lines[:, 1:].reshape(height, width, channels * 2))
    return pixels.view(">u2").astype(np.uint16)


def _decompressed(stream: BinaryIO, wanted: int) -> bytes:
    """Inflate all IDAT chunks; never more than `wanted` bytes, and not fewer."""
    inflater, parts, size = zlib.decompressobj(), [], 0
    for kind, content in png.chunks(stream):
        if kind == b"IDAT":
            try:
                parts.append(inflater.decompress(content, wanted - size))
            except zlib.error as error:
                raise DamagedFile("its picture data is damaged") from error
            size += len(parts[-1])
            if size == wanted:
                return b"".join(parts)
    raise DamagedFile("its picture data ends early")


def _unfiltered(kinds: Bytes, filtered: Bytes) -> Bytes:
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


def _paeth(left: _Wide, above: _Wide, corner: _Wide) -> Any:
    """The neighbour nearest to left + above - corner (9.4)."""
    from_left, from_above = np.abs(above - corner), np.abs(left - corner)
    from_corner = np.abs(left + above - 2 * corner)
    nearest = np.where(from_above <= from_corner, above, corner)
    return np.where((from_left <= from_above) & (from_left <= from_corner), left, nearest)


def write(pixels: NDArray[np.uint16], stream: BinaryIO) -> None:
    """Write an (H, W, 3 or 4) uint16 picture, tagged sRGB."""
    height, width, channels = pixels.shape
    color_type = {3: 2, 4: 6}[channels]
    data = pixels.astype(">u2").view(np.uint8).reshape(height, -1)
    lines = np.empty((height, data.shape[1] + 1), np.uint8)
    lines[:, 0] = 2  # each row as its difference to the one above
    lines[0, 1:] = data[0]
    np.subtract(data[1:], data[:-1], out=lines[1:, 1:])
    stream.write(png.SIGNATURE)
    head = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    png.write_chunk(stream, b"IHDR", head)
    png.write_chunk(stream, b"sRGB", b"\0")
    png.write_chunk(stream, b"IDAT", zlib.compress(lines.tobytes(), 6))
    png.write_chunk(stream, b"IEND", b"")
