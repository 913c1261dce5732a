"""ICC device links: a LUT as a profile from sRGB to sRGB, for Photoshop and ImageMagick.

ICC.1:2001-04 (version 2.4): a header, a table of tags, and the tag A2B0 of type lut16Type, which
holds the table with red slowest. Version 2 is what every reader takes.
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import Array, LutData
from colorfix_core.luts.formats.text import require_unit_domain

_LARGEST_FILE = 1 << 28
_HEADER = 128
_TYPES: dict[bytes, tuple[np.dtype[Any], int]] = {
    b"mft1": (np.dtype("u1"), 255),
    b"mft2": (np.dtype(">u2"), 65535),
}
# D50 as s15Fixed16, which every header holds.
_ILLUMINANT = struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
_NO_TAG = "it is a color profile without a table from RGB to RGB; only device links are LUTs"


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write a device link of the LUT's own size, 16 bits, clipped to 0..1."""
    require_unit_domain(lut, ".icc")
    if lut.size > 255:
        raise LutFileError("a device link has at most 255 points an axis; use .cube instead")
    title = "".join(c if " " <= c <= "~" else "?" for c in lut.title) or "Remove Colored Lighting"
    tags = [
        (b"desc", _description(title)),
        (b"cprt", b"text\0\0\0\0No copyright\0"),
        (b"pseq", _sequence()),
        (b"A2B0", _lut16(lut.table)),
    ]
    stream.write(_profile(tags))


def _profile(tags: list[tuple[bytes, bytes]]) -> bytes:
    place = _HEADER + 4 + 12 * len(tags)
    rows, data = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        rows += struct.pack(">4sII", name, place + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    # No date: writing a LUT twice gives one file.
    header = struct.pack(
        ">I4sI4s4s4s12s4s4sI4s4sQI12s", place + len(data), bytes(4), 0x02400000, b"link", b"RGB ",
        b"RGB ", struct.pack(">6H", 2000, 1, 1, 0, 0, 0), b"acsp", bytes(4), 0, bytes(4), bytes(4),
        0, 0, _ILLUMINANT,
    )  # fmt: skip
    return header + bytes(_HEADER - len(header)) + rows + data


def _description(title: str) -> bytes:
    """A textDescriptionType: ASCII, and neither Unicode nor ScriptCode."""
    text = title.encode("ascii") + b"\0"
    return b"desc" + struct.pack(">II", 0, len(text)) + text + bytes(8 + 3 + 67)


def _sequence() -> bytes:
    """The profiles that a link is made of: sRGB twice."""
    srgb = bytes(20) + _description("sRGB") + _description("sRGB")
    return b"pseq" + struct.pack(">II", 0, 2) + srgb * 2


def _lut16(table: Array) -> bytes:
    colors = np.floor(table.astype(np.float64).clip(0, 1) * 65535 + 0.5).astype(">u2")
    unity = np.array([1, 0, 0, 0, 1, 0, 0, 0, 1], ">i4") << 16
    head = b"mft2" + struct.pack(">I4B", 0, 3, 3, len(table), 0)
    straight = np.tile(np.array([0, 65535], ">u2"), 3).tobytes()
    sizes = struct.pack(">2H", 2, 2)
    return head + unity.astype(">i4").tobytes() + sizes + straight + colors.tobytes() + straight


def read(stream: BinaryIO, size: int) -> LutData:
    """Read a device link of `size` bytes whose table is of type lut8Type or lut16Type.

    Raises
    ------
    LutFileError
        If it is another profile, damaged, or its table stands between curves.
    """
    if not _HEADER < size <= _LARGEST_FILE:
        raise LutFileError(f"a profile has no {size} bytes")
    data = stream.read(size)
    if data[36:40] != b"acsp" or data[12:24] != b"linkRGB RGB ":
        raise LutFileError(_NO_TAG)
    try:
        return _table_of(_tag(data, b"A2B0"))
    except (struct.error, ValueError, IndexError) as error:
        raise LutFileError("its table is damaged") from error


def _tag(data: bytes, wanted: bytes) -> bytes:
    (count,) = struct.unpack_from(">I", data, _HEADER)
    for row in range(min(count, 100)):
        name, place, size = struct.unpack_from(">4sII", data, _HEADER + 4 + 12 * row)
        if name == wanted:
            return data[place : place + size]
    raise LutFileError(_NO_TAG)


def _table_of(tag: bytes) -> LutData:
    kind, _, inputs, outputs, n = struct.unpack_from(">4sI3B", tag)
    if kind not in _TYPES or (inputs, outputs) != (3, 3):
        raise LutFileError("its table is of a kind that is not read; export it as .cube")
    number, full = _TYPES[kind]
    entries, exits, place = 256, 256, 48
    if kind == b"mft2":
        (entries, exits), place = struct.unpack_from(">2H", tag, 48), 52
    counts = [3 * entries, n**3 * 3, 3 * exits]
    numbers = np.frombuffer(tag, number, sum(counts), place)
    before, table, after = np.split(numbers, np.cumsum(counts)[:2])
    for curve, length in ((before, entries), (after, exits)):
        _require_straight(curve.reshape(3, length), full)
    return LutData(table.reshape(n, n, n, 3) / full)


def _require_straight(curves: Array, full: int) -> None:
    line = np.linspace(0, full, curves.shape[1])
    if np.abs(curves - line).max() > full / 512:
        raise LutFileError("curves stand beside its table, which is not read; export it as .cube")
