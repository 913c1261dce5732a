"""TIFF structures, of TIFF files and of EXIF: directories whose entries are copied as they are.

TIFF 6.0 (1992), section 2; BigTIFF (2007); EXIF 3.0, 4.6. What is copied keeps type and bytes.
MakerNotes count from the structure's first byte, so a structure is kept whole where it can be,
and a MakerNote otherwise keeps its place where there is room.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

EXIF, GPS, INTEROP, MAKER_NOTE = 0x8769, 0x8825, 0xA005, 0x927C
FOLDERS = (EXIF, GPS, INTEROP)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
          16: 8, 17: 8, 18: 8}  # fmt: skip
_SHORT, _LONG = 3, 4
# How far a MakerNote's place is worth padding.
_FARTHEST = 1 << 16


class Damaged(Exception):
    """There is no TIFF structure, or its directories lead nowhere."""


class Entry(NamedTuple):
    """An entry: its place, its type and count, and its value's bytes and their place."""

    at: int
    kind: int
    many: int
    value: bytes
    value_at: int


class Directory(NamedTuple):
    """Entries by tag, and the place of the pointer to the next directory."""

    entries: dict[int, Entry]
    next_at: int


@dataclass(frozen=True)
class Layout:
    """How a structure writes numbers: byte order, and the sizes of BigTIFF."""

    order: str
    head: str
    entry: str
    offset: str

    @property
    def inline(self) -> int:
        """How many bytes of a value stand in its entry."""
        return struct.calcsize(self.offset)


def layout(data: bytes) -> Layout:
    """How a structure writes its numbers; Damaged if this is none."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    magic = int.from_bytes(data[2:4], "little" if order == "<" else "big")
    if order is None or magic not in (42, 43) or len(data) < 8:
        raise Damaged("it is no TIFF structure")
    return Layout(order, *(("Q", "HHQ", "Q") if magic == 43 else ("H", "HHI", "I")))


def first_directory(data: bytes) -> int:
    """Where the first directory stands."""
    kind = layout(data)
    place = 8 if kind.offset == "Q" else 4
    return int(struct.unpack_from(kind.order + kind.offset, data, place)[0])


def directory(data: bytes, at: int) -> Directory:
    """Read one directory; entries whose values are cut or of unknown type are passed over."""
    kind = layout(data)
    try:
        (count,) = struct.unpack_from(kind.order + kind.head, data, at)
        at += struct.calcsize(kind.head)
        step = struct.calcsize("=" + kind.entry) + kind.inline
        if at + step * count > len(data):
            raise Damaged("a directory is cut")
        places = range(at, at + step * count, step)
        found = (_entry(data, place, kind) for place in places)
        entries = {tag: entry for tag, entry in found if entry is not None}
    except struct.error as error:
        raise Damaged("a directory is cut") from error
    return Directory(entries, at + step * count)


def _entry(data: bytes, at: int, kind: Layout) -> tuple[int, Entry | None]:
    tag, type_, count = struct.unpack_from(kind.order + kind.entry, data, at)
    size = _SIZES.get(type_, 0) * count
    value_at = at + struct.calcsize("=" + kind.entry)
    if size > kind.inline:
        (value_at,) = struct.unpack_from(kind.order + kind.offset, data, value_at)
    value = data[value_at : value_at + size]
    whole = len(value) == size and size > 0
    return tag, Entry(at, type_, count, value, value_at) if whole else None


def numbers(data: bytes, entry: Entry) -> tuple[int, ...]:
    """The values of an entry of whole numbers; empty if it holds others."""
    code = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}.get(entry.kind)
    if code is None:
        return ()
    return struct.unpack(f"{layout(data).order}{entry.many}{code}", entry.value)


def pages(data: bytes) -> list[Directory]:
    """The directories one behind the other, as far as they can be read."""
    found: list[Directory] = []
    seen: set[int] = set()
    at, kind = first_directory(data), layout(data)
    while at and at not in seen:
        seen.add(at)
        try:
            found.append(directory(data, at))
            (at,) = struct.unpack_from(kind.order + kind.offset, data, found[-1].next_at)
        except (Damaged, struct.error):
            break
    return found


def folders(data: bytes, main: Directory | None = None) -> dict[int, Directory]:
    """The directories of EXIF, GPS and interoperability, by the tag that leads to them."""
    found: dict[int, Directory] = {}
    waiting = [main or directory(data, first_directory(data))]
    while waiting:
        entries = waiting.pop().entries
        for tag in FOLDERS:
            if tag in entries and tag not in found and (place := numbers(data, entries[tag])):
                try:
                    found[tag] = directory(data, place[0])
                except Damaged:
                    continue
                waiting.append(found[tag])
    return found


def relaid(data: bytes, main: Directory, left_out: Collection[int]) -> bytes:
    """A structure of one directory's entries, with its folders, in classic TIFF.

    Parameters
    ----------
    left_out : tags of the directory that do not go along
    """
    order = layout(data).order
    out = bytearray({"<": b"II*\0", ">": b"MM\0*"}[order] + bytes(4))
    inner = folders(data, main)
    kept = {tag: entry for tag, entry in main.entries.items() if tag not in left_out}
    struct.pack_into(order + "I", out, 4, _lay(out, order, kept, inner))
    return bytes(out)


def _lay(out: bytearray, order: str, entries: dict[int, Entry], inner: dict[int, Directory]) -> int:
    """Append a directory behind its values, and return its place."""
    rows = []
    for tag, entry in sorted(entries.items()):
        kind, count, value = entry.kind, entry.many, entry.value
        if tag in FOLDERS:
            if tag not in inner:
                continue
            kind, count = _LONG, 1
            value = struct.pack(order + "I", _lay(out, order, inner.pop(tag).entries, inner))
        if len(value) > 4:
            pad = entry.value_at - len(out)
            if tag == MAKER_NOTE and 0 < pad < _FARTHEST:
                out += bytes(pad)
            out += bytes(len(out) % 2)
            out += value
            value = struct.pack(order + "I", len(out) - len(value))
        rows.append(struct.pack(order + "HHI", tag, kind, count) + value.ljust(4, b"\0"))
    out += bytes(len(out) % 2)
    place = len(out)
    out += struct.pack(order + "H", len(rows)) + b"".join(rows) + bytes(4)
    return place


def assembled(
    encode: Callable[[str], bytes], block: bytes, extra: dict[int, tuple[int, bytes]]
) -> bytes:
    """An encoder's picture together with a structure, which keeps its place at the file's start.

    Parameters
    ----------
    encode : from a byte order, "<" or ">", to a TIFF file
    block : the structure; all its offsets stay true, MakerNotes' too
    extra : type and bytes of further tags of the directory
    """
    block = block or b"II*\0\0\0\0\0"
    order = layout(block).order
    encoded = encode(order)
    out = bytearray(block + bytes(len(block) % 2))
    shift = len(out)
    out += encoded + bytes(len(encoded) % 2)
    rows = _own_rows(block, order) | _extra_rows(out, order, extra)
    rows |= _moved_rows(out, order, directory(encoded, first_directory(encoded)), shift)
    struct.pack_into(order + "I", out, 4, len(out))
    body = b"".join(row for _, row in sorted(rows.items()))
    return bytes(out) + struct.pack(order + "H", len(rows)) + body + bytes(4)


def _own_rows(block: bytes, order: str) -> dict[int, bytes]:
    if not first_directory(block):
        return {}
    main = directory(block, first_directory(block))
    inner = folders(block, main)
    return {tag: block[entry.at : entry.at + 12] for tag, entry in main.entries.items()
            if tag not in FOLDERS or tag in inner}  # fmt: skip


def _extra_rows(
    out: bytearray, order: str, extra: dict[int, tuple[int, bytes]]
) -> dict[int, bytes]:
    rows = {}
    for tag, (kind, value) in extra.items():
        count = len(value) // _SIZES[kind]
        if len(value) > 4:
            place = struct.pack(order + "I", len(out))
            out += value + bytes(len(value) % 2)
        else:
            place = value.ljust(4, b"\0")
        rows[tag] = struct.pack(order + "HHI", tag, kind, count) + place
    return rows


def _moved_rows(out: bytearray, order: str, main: Directory, shift: int) -> dict[int, bytes]:
    """The encoder's entries, leading to where its file now begins: `shift` bytes on."""
    rows = {}
    for tag, entry in main.entries.items():
        moved = entry.value
        if tag == 273 and entry.kind == _LONG:  # StripOffsets
            values = struct.unpack(f"{order}{entry.many}I", entry.value)
            moved = struct.pack(f"{order}{entry.many}I", *(value + shift for value in values))
        if len(moved) > 4:
            out[shift + entry.value_at : shift + entry.value_at + len(moved)] = moved
            moved = struct.pack(order + "I", shift + entry.value_at)
        row = struct.pack(order + "HHI", tag, entry.kind, entry.many)
        rows[tag] = row + moved.ljust(4, b"\0")
    return rows


def patched(data: bytes, entry: Entry, *values: int) -> bytes:
    """The structure with other whole numbers in an entry of SHORT or LONG."""
    code = {_SHORT: "H", _LONG: "I"}[entry.kind]
    value = struct.pack(f"{layout(data).order}{entry.many}{code}", *values)
    return data[: entry.value_at] + value + data[entry.value_at + len(value) :]
