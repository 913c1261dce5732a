"""EXIF as a block of bytes (CIPA DC-008, 4.6): what is changed in place, so that all else stays."""

from __future__ import annotations

import struct

from colorfix_core.pictures.containers import tiff

ORIENTATION = 0x0112
_COLOR_SPACE, _WIDTH, _HEIGHT = 0xA001, 0xA002, 0xA003
# What describes how a TIFF file stores its pixels, or stands elsewhere in another container.
LAYOUT = frozenset((254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 288, 289, 290,
    291, 292, 293, 301, 317, 318, 319, 320, 322, 323, 324, 325, 330, 332, 333, 338, 339, 340, 341,
    347,    512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 532, 34675))  # fmt: skip
XMP, IPTC, PHOTOSHOP = 700, 33723, 34377


def checked(block: bytes) -> bytes:
    """The block; tiff.Damaged if its first directory cannot be read."""
    tiff.directory(block, tiff.first_directory(block))
    return block


def orientation(block: bytes) -> int:
    """1 to 8; 1 if nothing sensible is said."""
    if not block:
        return 1
    entry = tiff.directory(block, tiff.first_directory(block)).entries.get(ORIENTATION)
    value = tiff.numbers(block, entry) if entry else ()
    return value[0] if value and 1 <= value[0] <= 8 else 1


def says_nothing(block: bytes) -> bool:
    """Whether a block holds nothing but orientation and resolution, which pictures have anyway."""
    if not block:
        return True
    main = tiff.directory(block, tiff.first_directory(block))
    return set(main.entries) <= {ORIENTATION, 282, 283, 296}


def upright(block: bytes, size: tuple[int, int] | None) -> bytes:
    """The block of a picture that was turned; `size` is its new one if its edges changed places."""
    main = tiff.directory(block, tiff.first_directory(block)).entries
    block = _set(block, main.get(ORIENTATION), 1)
    inner = tiff.folders(block).get(tiff.EXIF)
    if size:
        block = _swapped(block, main.get(282), main.get(283))
    if size and inner:
        block = _set(block, inner.entries.get(_WIDTH), size[0])
        block = _set(block, inner.entries.get(_HEIGHT), size[1])
    return block


def without_thumbnail(block: bytes) -> bytes:
    """The block without its second directory, whose picture shows the old colors (4.5.8)."""
    pages = tiff.pages(block)
    if len(pages) < 2:
        return block
    entries = pages[1].entries
    place, length = (
        next(iter(tiff.numbers(block, entries[tag])), 0) if tag in entries else 0
        for tag in (513, 514)
    )
    at = pages[0].next_at
    block = block[:at] + bytes(4) + block[at + 4 :]
    if place and length and place + length >= len(block) - 1:
        return block[:place]
    return block


def is_adobe_rgb(block: bytes) -> bool:
    """Whether the block marks Adobe RGB as cameras do (DCF 2.0: R03, ColorSpace uncalibrated)."""
    if not block:
        return False
    inner = tiff.folders(block)
    mark = inner[tiff.INTEROP].entries.get(1) if tiff.INTEROP in inner else None
    space = inner[tiff.EXIF].entries.get(_COLOR_SPACE) if tiff.EXIF in inner else None
    value = tiff.numbers(block, space) if space else ()
    return bool(mark and mark.value[:3] == b"R03" and value != (1,)) or value == (2,)


def _set(block: bytes, entry: tiff.Entry | None, value: int) -> bytes:
    if entry is None or entry.kind not in (3, 4) or entry.many != 1:
        return block
    return tiff.patched(block, entry, value)


def _swapped(block: bytes, one: tiff.Entry | None, other: tiff.Entry | None) -> bytes:
    """The block with the values of two entries of one size in each other's place."""
    if one is None or other is None or (one.kind, one.many) != (other.kind, other.many):
        return block
    changed = bytearray(block)
    changed[one.value_at : one.value_at + len(one.value)] = other.value
    changed[other.value_at : other.value_at + len(other.value)] = one.value
    return bytes(changed)


def resource(iptc: bytes) -> bytes:
    """IPTC as a Photoshop image resource (Adobe's file formats, "Image Resources": 0x0404)."""
    return b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(iptc)) + iptc + bytes(len(iptc) % 2)
