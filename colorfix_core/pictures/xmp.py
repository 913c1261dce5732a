"""XMP packets: what in them is untrue of a result is changed, and all else stays as it is."""

from __future__ import annotations

import re

_VALUE = rb"""((?:%s)\s*=\s*["']|<(?:%s)>)\s*\d+"""
_ORIENTATION = (b"tiff:Orientation",)
_EDGES = (
    (b"tiff:ImageWidth", b"exif:PixelXDimension"),
    (b"tiff:ImageLength", b"exif:PixelYDimension"),
)
# Adobe's and Google's marks of a gain map, and the list of pictures that a file holds.
_GAIN_MAP = re.compile(
    rb"""\s+xmlns:hdrgm\s*=\s*(?:"[^"]*"|'[^']*')|\s+hdrgm:\w+\s*=\s*(?:"[^"]*"|'[^']*')"""
    rb"""|<hdrgm:(\w+)[^>]*?(?:/>|>.*?</hdrgm:\1>)"""
    rb"""|<(\w+):Directory\b[^>]*>(?:(?!</\2:Directory>).)*GainMap.*?</\2:Directory>""",
    re.DOTALL,
)
_MARK = b"http://ns.adobe.com/hdr-gain-map/"


def upright(packet: bytes, size: tuple[int, int] | None) -> bytes:
    """The packet of a picture that was turned; `size` is its new one if its edges changed places.

    That is what exif.upright does to EXIF, of which XMP often has a copy.
    """
    packet = _with(packet, _ORIENTATION, 1)
    for names, edge in zip(_EDGES, size or (), strict=False):
        packet = _with(packet, names, edge)
    return packet


def _with(packet: bytes, names: tuple[bytes, ...], value: int) -> bytes:
    either = b"|".join(names)
    return re.sub(_VALUE % (either, either), rb"\g<1>%d" % value, packet)


def marks_gain_map(packet: bytes) -> bool:
    """Whether the packet says that a gain map makes the picture brighter on an HDR screen."""
    return _MARK in packet


def without_gain_map(packet: bytes) -> bytes:
    """The packet of a picture whose gain map is gone."""
    return _GAIN_MAP.sub(b"", packet) if marks_gain_map(packet) else packet
