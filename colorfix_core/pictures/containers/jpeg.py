"""JPEG files as a row of segments (ITU-T T.81, annex B), and what follows the first picture."""

from __future__ import annotations

import contextlib
import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SOI, EOI, SOS, COM = b"\xff\xd8", b"\xff\xd9", 0xDA, 0xFE
APP0, APP1, APP2, APP11, APP13, APP14 = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE
EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
ICC = b"ICC_PROFILE\0"
MPF = b"MPF\0"
GAIN_MAP = b"urn:iso:std:iso:ts:21496:-1\0"
LONGEST = 65533  # bytes that a segment holds beside its length (B.1.1.4)
# What ends the entropy-coded data of a scan: a marker that is neither a stuffed byte, a fill
# byte, nor a restart (B.1.1.2, B.1.1.5).
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class Damaged(Exception):
    """What is wrong with a file, as "it ends ..." or "its ..."."""


class Segment(NamedTuple):
    """A marker with its content, and where the content begins in the file."""

    marker: int
    content: bytes
    at: int = 0


class Jpeg(NamedTuple):
    """A file's segments, scans and places; `end` is where its first picture ends."""

    segments: tuple[Segment, ...]
    scans: tuple[tuple[int, int], ...]  # where the data of each begins and ends
    end: int
    has_end_mark: bool

    @property
    def said(self) -> tuple[Segment, ...]:
        """What speaks of the picture: application data and comments."""
        return tuple(s for s in self.segments if 0xE0 <= s.marker <= 0xEF or s.marker == COM)

    def content(self, marker: int, head: bytes) -> bytes:
        """The first such segment's content behind its head; empty if there is none."""
        found = (s.content for s in self.segments if s.marker == marker)
        return next((c[len(head) :] for c in found if c.startswith(head)), b"")


def parse(data: bytes) -> Jpeg:
    """Take a JPEG file apart.

    Raises
    ------
    Damaged
        If there is no scan, or a segment is cut.
    """
    segments, scans, at = [], [], 2
    while at + 2 <= len(data) and data[at : at + 2] != EOI:
        if data[at] != 0xFF:
            raise Damaged("its segments are damaged")
        if data[at + 1] == 0xFF:
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise Damaged("it ends within its first segments")
        segment = Segment(data[at + 1], data[at + 4 : at + 2 + length], at + 4)
        segments.append(segment)
        at += 2 + length
        if segment.marker == SOS:
            found = _SCAN_END.search(data, at)
            stop = found.start() if found else _end_without_mark(data)
            scans.append((at, stop))
            at = stop
            if not found:
                break
    if not scans:
        raise Damaged("it ends before its picture begins")
    ended = data[at : at + 2] == EOI
    return Jpeg(tuple(segments), tuple(scans), at + 2 if ended else len(data), ended)


def _end_without_mark(data: bytes) -> int:
    """Where a scan ends that no marker follows: zeros there are the room of an unfinished file."""
    stop = len(data.rstrip(b"\0"))
    return stop + 1 if data[stop - 1 : stop + 1] == b"\xff\0" else stop


def bare(data: bytes, jpeg: Jpeg, tail: bytes = b"") -> bytes:
    """The first picture alone: no metadata, nothing behind it, and an end mark (B.2.1).

    `tail` is put behind the data of every scan, where a decoder does not look for any.
    """
    kept = bytearray(data[:2])
    scans = iter(jpeg.scans)
    for segment in jpeg.segments:
        if not (0xE1 <= segment.marker <= 0xED or segment.marker in (0xEF, COM)):
            kept += packed(segment.marker, segment.content)
        if segment.marker == SOS:
            start, stop = next(scans)
            kept += data[start:stop] + tail
    return bytes(kept) + EOI


def packed(marker: int, content: bytes) -> bytes:
    """One segment as it stands in a file."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def aspect(jpeg: Jpeg) -> tuple[int, int] | None:
    """JFIF's densities without a unit (ITU-T T.871, 10.1), where they differ."""
    head = jpeg.content(APP0, b"JFIF\0")
    if len(head) < 7 or head[2]:
        return None
    x, y = struct.unpack_from(">HH", head, 3)
    return (x, y) if x and y and x != y else None


def with_aspect(segment: Segment, x: int, y: int) -> Segment:
    """A JFIF header with other densities, without a unit."""
    density = struct.pack(">BHH", 0, x, y)
    return segment._replace(content=segment.content[:7] + density + segment.content[12:])


def icc_profile(jpeg: Jpeg) -> bytes | None:
    """The profile that lies in numbered parts (ICC.1:2022, B.4); None if there is none.

    Raises
    ------
    Damaged
        If a part is missing.
    """
    parts, total = {}, 0
    for marker, content, _ in jpeg.segments:
        if marker == APP2 and content.startswith(ICC) and len(content) > len(ICC) + 2:
            number, total = content[len(ICC)], content[len(ICC) + 1]
            parts[number] = content[len(ICC) + 2 :]
    if sorted(parts) != list(range(1, total + 1)):
        raise Damaged("part of its ICC profile is missing")
    return b"".join(parts[number] for number in sorted(parts)) or None


def icc_segments(profile: bytes) -> Iterator[Segment]:
    """A profile in as many parts as it takes."""
    room = LONGEST - len(ICC) - 2
    parts = [profile[at : at + room] for at in range(0, len(profile), room)]
    for number, part in enumerate(parts, 1):
        yield Segment(APP2, ICC + bytes([number, len(parts)]) + part)


def assembled(encoded: bytes, said: Iterable[Segment]) -> bytes:
    """An encoder's picture, with other application data and comments than its own."""
    jpeg = parse(encoded)
    own = b"".join(packed(s.marker, s.content) for s in said)
    first = next(s for s in jpeg.segments if s not in jpeg.said)
    return SOI + own + encoded[first.at - 4 : jpeg.end]


def with_pictures(first: bytes, trailer: bytes, old: Jpeg) -> bytes:
    """A first picture, followed by what followed the old one, and an index that is true.

    The multi-picture index (CIPA DC-007, 5.2) counts from itself, in the first picture.
    """
    data = bytearray(first + trailer)
    new = parse(first)
    places = [next((s.at + 4 for s in j.segments if _is_index(s)), 0) for j in (old, new)]
    if all(places):
        moved = len(first) - old.end - (places[1] - places[0])
        with contextlib.suppress(struct.error):  # a damaged index stays as it is
            return bytes(_moved_pictures(data, places[1], len(first), moved))
    return bytes(data)


def _is_index(segment: Segment) -> bool:
    return segment.marker == APP2 and segment.content.startswith(MPF)


def _moved_pictures(old: bytearray, start: int, first: int, moved: int) -> bytearray:
    """Correct the size of the first picture and the places of the others (5.2.3.3)."""
    data = old[:]
    order = "<" if data[start : start + 2] == b"II" else ">"
    directory = start + struct.unpack_from(order + "I", data, start + 4)[0]
    (count,) = struct.unpack_from(order + "H", data, directory)
    for at in range(directory + 2, directory + 2 + 12 * count, 12):
        tag, _, size, place = struct.unpack_from(order + "HHII", data, at)
        if tag != 0xB002:
            continue
        for entry in range(start + place, start + place + size, 16):
            (offset,) = struct.unpack_from(order + "I", data, entry + 8)
            if offset:
                struct.pack_into(order + "I", data, entry + 8, offset + moved)
            else:
                struct.pack_into(order + "I", data, entry + 4, first)
    return data
