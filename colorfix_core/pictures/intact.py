"""Whether a JPEG file's picture is all there: decoders fill what is missing with grey, silently."""

from __future__ import annotations

import re
from collections.abc import Iterator

import imagecodecs

from colorfix_core.errors import ImageError
from colorfix_core.pictures.containers import jpeg

_SEQUENTIAL, _PROGRESSIVE = (0xC0, 0xC1), 0xC2
# So many zeros are blocks without change, or, where the table of one component has another
# meaning for them, no picture.
_ZEROS = re.compile(rb"\0{64}")


def check(data: bytes, parsed: jpeg.Jpeg) -> None:
    """Raise an ImageError if scans are cut, overwritten or missing.

    Parameters
    ----------
    data : the file
    parsed : the same, taken apart
    """
    frame = next((s for s in parsed.segments if s.marker in (*_SEQUENTIAL, _PROGRESSIVE)), None)
    if frame is None:
        return
    if frame.marker == _PROGRESSIVE and not _all_scans(parsed):
        raise ImageError("it is incomplete: its last scans are missing")
    if frame.marker in _SEQUENTIAL and _zeros(data, parsed):
        raise ImageError("it is damaged: there are zeros where its picture should be")
    try:
        # The strictest parser at hand: it repacks every coefficient, or says that it cannot.
        imagecodecs.jpegxl_encode_jpeg(jpeg.bare(data, parsed))
    except imagecodecs.JpegxlError as error:
        raise ImageError("it is damaged: part of its picture is missing") from error


def _all_scans(parsed: jpeg.Jpeg) -> bool:
    """Whether every coefficient was sent to its last bit (T.81, G.1.1.1)."""
    frame = next(s.content for s in parsed.segments if s.marker == _PROGRESSIVE)
    wanted = {(frame[at], k) for at in range(6, len(frame) - 2, 3) for k in range(64)}
    for marker, content, _ in parsed.segments:
        if marker == jpeg.SOS and content[-1] & 15 == 0:
            components = content[1 : 1 + 2 * content[0] : 2]
            first, last = content[-3], content[-2]
            wanted -= {(c, k) for c in components for k in range(first, last + 1)}
    return not wanted


def _zeros(data: bytes, parsed: jpeg.Jpeg) -> bool:
    symbols = {n for s in parsed.segments if s.marker == 0xC4 for n in _first_symbols(s.content)}
    return symbols != {0} and any(_ZEROS.search(data, *scan) for scan in parsed.scans)


def _first_symbols(tables: bytes) -> Iterator[int]:
    """What zeros alone mean in each AC table of a segment (T.81, B.2.4.2); 0 ends a block."""
    at = 0
    while at + 17 < len(tables):
        if tables[at] & 16:
            yield tables[at + 17]
        at += 17 + sum(tables[at + 1 : at + 17])
