"""Whether a JPEG file's picture is all there: decoders fill what is missing with grey, silently."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import imagecodecs
import numpy as np
from PIL import Image

from colorfix_core.errors import ImageError
from colorfix_core.pictures import sizes
from colorfix_core.pictures.containers import jpeg

# What the parser needs for a pixel of noise is 31.
_PARSER_BYTES, _PARSER_BASE = 48, 64 << 20
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
    height, width = (int.from_bytes(frame.content[at : at + 2], "big") for at in (1, 3))
    if sum(stop - start for start, stop in parsed.scans) * 8 < -(-width // 8) * -(-height // 8):
        raise ImageError("it is damaged: part of its picture is missing")
    # Without its memory the parser blames the file, or ends this process.
    strictly = (
        not _is_coarse(frame.content)
        and sizes.room() > _PARSER_BASE + width * height * _PARSER_BYTES
    )
    if not (_is_whole(data, parsed) if strictly else _ends_late(data, parsed)):
        raise ImageError("it is damaged: part of its picture is missing")


def _is_whole(data: bytes, parsed: jpeg.Jpeg) -> bool:
    """What the strictest parser at hand says: it repacks every coefficient, or cannot."""
    try:
        imagecodecs.jpegxl_encode_jpeg(jpeg.bare(data, parsed))
    except imagecodecs.JpegxlError:
        return False
    return True


def _is_coarse(frame: bytes) -> bool:
    """Whether there are less colors than the parser takes, as in 4:1:1 (T.81, B.2.2)."""
    return any(byte >> 4 > 2 or byte & 15 > 2 for byte in frame[7::3])


def _ends_late(data: bytes, parsed: jpeg.Jpeg) -> bool:
    """Whether a decoder has all pixels before the data end: what follows them does not matter."""
    more = [jpeg.bare(data, parsed, tail) for tail in (b"", b"\x5a\xa5" * 999)]
    one, other = (np.asarray(Image.open(io.BytesIO(file), formats=["JPEG"])) for file in more)
    return np.array_equal(one, other)


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
