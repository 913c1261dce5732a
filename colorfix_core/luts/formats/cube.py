"""The .cube format: Adobe "Cube LUT Specification" 1.0 (2013) and DaVinci Resolve's dialect.

Resolve writes ``LUT_3D_INPUT_RANGE lo hi`` in place of the two DOMAIN lines, may put a 1D shaper
with ``LUT_1D_SIZE`` and ``LUT_1D_INPUT_RANGE`` before the 3D table in one file, and marks LUTs for
video-range data with flags. Readers in the field also meet CRLF, byte order marks, indented or
trailing comments, titles without quotes and lower-case keywords; all of them are read here.
"""

from __future__ import annotations

import re
import warnings
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from textwrap import wrap
from typing import BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.formats.text import Lines, shortened
from colorfix_core.luts.lut import CURVE_LENGTHS, SIZES, Lut3D, Shaper, domain_rises

LONGEST_WRITTEN_LINE = 250
# "0 0 0\n": no table row is shorter, so a size can be checked against the file's length.
_SHORTEST_ROW = 6
# What a keyword of a future dialect looks like; NAN and INF are damaged numbers instead.
_UNKNOWN_KEYWORD = re.compile(r"(?!(NAN|INF|INFINITY)$)[A-Z][A-Z0-9_]{2,63}", re.ASCII)


@dataclass
class _Header:
    """What the keywords said, each with None until it was met."""

    title: str | None = None
    size_1d: int | None = None
    size_3d: int | None = None
    domain_min: tuple[float, ...] | None = None
    domain_max: tuple[float, ...] | None = None
    range_1d: tuple[float, ...] | None = None
    range_3d: tuple[float, ...] | None = None
    domain_line: int = 1
    unknown: bool = False
    flags: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def read(stream: BinaryIO, size: int) -> Lut3D:
    """Read a .cube file of `size` bytes.

    A file with a 1D table only becomes a LUT whose shaper holds the curves.

    Raises
    ------
    LutFileError
        Naming the line and the reason.
    """
    with Lines(stream) as lines:
        rows = iter(lines)
        header, first_row = _read_header(lines, rows)
        count_1d, count_3d = header.size_1d or 0, (header.size_3d or 0) ** 3
        count = count_1d + count_3d
        if not count:
            raise lines.error("ends the file before any LUT_3D_SIZE or LUT_1D_SIZE keyword")
        if count * _SHORTEST_ROW - 1 > size:
            raise lines.error(f"starts a table of {count} rows, but the file has only {size} bytes")
        table = _read_rows(lines, rows, first_row, count)
    return _assemble(header, table[:count_1d], table[count_1d:])


def _read_header(lines: Lines, rows: Iterator[str]) -> tuple[_Header, str]:
    """Read up to the first table row, and return it too ("" at the end of the file)."""
    header = _Header()
    for line in rows:
        if not line or line.startswith("#"):
            lines.overhead(line)
            if line[1:].strip():
                header.comments.append(line[1:].strip())
        elif line[0].isalpha() or line[0] == "_":
            lines.overhead(line)
            _read_keyword(lines, header, line)
        elif not (header.size_1d or header.size_3d):
            raise lines.error(
                f"reads {shortened(line)}, where a keyword such as LUT_3D_SIZE belongs"
            )
        else:
            return header, line
    return header, ""


def _read_keyword(lines: Lines, header: _Header, line: str) -> None:
    word = line.split(None, 1)[0]
    keyword, rest = word.upper(), line[len(word) :].strip()
    if keyword == "TITLE":
        _set_once(lines, header, "title", keyword, _title(rest))
        return
    fields = rest.split("#")[0].split()
    if keyword in ("LUT_IN_VIDEO_RANGE", "LUT_OUT_VIDEO_RANGE"):
        header.flags.append(keyword)
    elif keyword in _KEYWORDS:
        name, parse = _KEYWORDS[keyword]
        _set_once(lines, header, name, keyword, parse(lines, keyword, fields))
        if "size" not in name:
            header.domain_line = lines.number
    elif _UNKNOWN_KEYWORD.fullmatch(word):
        if not header.unknown:  # one is told; a damaged file may have thousands
            warnings.warn(f"line {lines.number}: unknown keyword {word} skipped", stacklevel=2)
        header.unknown = True
    else:
        raise lines.error(f"reads {shortened(line)}, which is neither a keyword nor a row")


def _set_once(lines: Lines, header: _Header, name: str, keyword: str, value) -> None:
    if getattr(header, name) is not None:
        raise lines.error(f"has a second {keyword}")
    setattr(header, name, value)


def _title(text: str) -> str:
    """The text between the outer quotes; without quotes, all of it."""
    if text.startswith('"'):
        return text[1:].rpartition('"')[0] or text.strip('"')
    return text


def _size(allowed: range) -> Callable[[Lines, str, list[str]], int]:
    def parse(lines: Lines, keyword: str, fields: list[str]) -> int:
        text = fields[0] if len(fields) == 1 else ""
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) in allowed):
            given = shortened(" ".join(fields)) if fields else "nothing"
            raise lines.error(
                f"gives {keyword} {given}; it is one whole number in "
                f"{allowed.start}..{allowed.stop - 1}"
            )
        return int(text)

    return parse


def _numbers(count: int) -> Callable[[Lines, str, list[str]], tuple[float, ...]]:
    def parse(lines: Lines, keyword: str, fields: list[str]) -> tuple[float, ...]:
        if len(fields) != count:
            raise lines.error(f"gives {keyword} {len(fields)} numbers instead of {count}")
        return tuple(lines.number_of(token) for token in fields)

    return parse


_KEYWORDS = {
    "LUT_1D_SIZE": ("size_1d", _size(CURVE_LENGTHS)),
    "LUT_3D_SIZE": ("size_3d", _size(SIZES)),
    "DOMAIN_MIN": ("domain_min", _numbers(3)),
    "DOMAIN_MAX": ("domain_max", _numbers(3)),
    "LUT_1D_INPUT_RANGE": ("range_1d", _numbers(2)),
    "LUT_3D_INPUT_RANGE": ("range_3d", _numbers(2)),
}


def _read_rows(lines: Lines, rows: Iterator[str], first: str, count: int) -> np.ndarray:
    """Read exactly `count` rows of three numbers, comments and blank lines between them."""
    values = array("f")
    for line in chain([first], rows):
        if "#" in line:
            line = line[: line.index("#")].rstrip()
        if not line:
            lines.overhead(line)
        elif line[0].isalpha() and line.split()[0].upper() in _KEYWORDS:
            raise lines.error(f"has the keyword {line.split()[0].upper()} after the table began")
        elif len(values) == 3 * count:
            raise lines.error(f"is one more than the {count} rows that the size keywords announce")
        else:
            values.extend(lines.row(line))
    if len(values) < 3 * count:
        raise lines.error(f"ends the file after {len(values) // 3} of {count} table rows")
    return np.frombuffer(values, np.float32).reshape(count, 3)


def _assemble(header: _Header, curve: np.ndarray, table: np.ndarray) -> Lut3D:
    """Put curves and table together, each with the domain that the header gives it."""
    domain = header.domain_min or (0.0,) * 3, header.domain_max or (1.0,) * 3
    title, comments = header.title or "", tuple(header.comments)
    if header.flags:
        comments += tuple(header.flags)
        warnings.warn(
            f"{' and '.join(header.flags)}: this LUT was made for video-range data and is "
            "applied to full-range data as it is",
            stacklevel=2,
        )
    if not len(curve):
        low, high = _domain(header, header.range_3d, domain)
        return Lut3D(_from_red_fastest(table), low, high, title, comments)
    shaper = Shaper(curve, *_domain(header, header.range_1d, domain))
    if len(table):
        low, high = _domain(header, header.range_3d, ((0.0,) * 3, (1.0,) * 3))
        return Lut3D(_from_red_fastest(table), low, high, title, comments, shaper)
    return Lut3D.of_curves(shaper, title, comments)


def _domain(header: _Header, given, otherwise) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The lowest and highest input of a block: its own range if given, else the file's domain."""
    low, high = ((given[0],) * 3, (given[1],) * 3) if given else otherwise
    if not domain_rises(low, high):
        raise LutFileError(
            f"line {header.domain_line} leaves a domain from {low} to {high}, which does not rise"
        )
    return low, high


def _from_red_fastest(rows: np.ndarray) -> np.ndarray:
    n = round(len(rows) ** (1 / 3))
    return rows.reshape(n, n, n, 3).transpose(2, 1, 0, 3)


def write(lut: Lut3D, stream: BinaryIO) -> None:
    """Write what every reader in the field understands: ASCII, LF, six decimals.

    Comments and the title come first and are reduced to ASCII. DOMAIN lines are written only when
    they say something, and after the size, where ffmpeg looks for them. A LUT with a shaper is
    written in Resolve's dialect, which has one range for all three channels.
    """
    head = [f"# {part}" for comment in lut.comments for part in _comment_lines(comment)]
    if title := _written_title(lut.title):
        head.append(f'TITLE "{title}"')
    blocks = [lut.table.transpose(2, 1, 0, 3).reshape(-1, 3)]
    if lut.shaper is None:
        head.append(f"LUT_3D_SIZE {lut.size}")
        if (lut.domain_min, lut.domain_max) != ((0, 0, 0), (1, 1, 1)):
            head.append("DOMAIN_MIN " + _plain(lut.domain_min))
            head.append("DOMAIN_MAX " + _plain(lut.domain_max))
    elif lut.holds_only_curves:
        blocks = [lut.shaper.curve]
        head.append(f"LUT_1D_SIZE {len(lut.shaper.curve)}")
        if (lut.shaper.domain_min, lut.shaper.domain_max) != ((0, 0, 0), (1, 1, 1)):
            head.append("DOMAIN_MIN " + _plain(lut.shaper.domain_min))
            head.append("DOMAIN_MAX " + _plain(lut.shaper.domain_max))
    else:
        curve_range, table_range = _range(lut.shaper), _range(lut)
        blocks.insert(0, lut.shaper.curve)
        head.append(f"LUT_1D_SIZE {len(lut.shaper.curve)}\nLUT_1D_INPUT_RANGE {curve_range}")
        head.append(f"LUT_3D_SIZE {lut.size}\nLUT_3D_INPUT_RANGE {table_range}")
    stream.write(("\n".join(head) + "\n").encode("ascii"))
    for block in blocks:
        for start in range(0, len(block), 4096):
            part = block[start : start + 4096]
            # % takes no account of the locale, as C's printf would.
            text = ("%.6f %.6f %.6f\n" * len(part)) % tuple(part.ravel().tolist())
            stream.write(text.replace("-0.000000", "0.000000").encode("ascii"))


def _range(holder: Lut3D | Shaper) -> str:
    low, high = set(holder.domain_min), set(holder.domain_max)
    if len(low) > 1 or len(high) > 1:
        raise LutFileError(
            "a .cube file holds one range for all channels beside a shaper; "
            "resize() the LUT to bake its curves into the table"
        )
    return _plain((*low, *high))


def _written_title(title: str) -> str:
    """As much of a title as fits on its line; what is written reads back as it is."""
    return _ascii(title).replace('"', "'")[: LONGEST_WRITTEN_LINE - len('TITLE ""')].rstrip()


def _comment_lines(comment: str) -> list[str]:
    """ASCII pieces that fit the specification's line length, none blank: readers skip those."""
    width = LONGEST_WRITTEN_LINE - len("# ")
    text = [_ascii(line) for line in comment.splitlines()]
    return [piece for line in text for piece in wrap(line, width, break_on_hyphens=False)]


def _ascii(text: str) -> str:
    """Printable ASCII; what is not becomes a question mark."""
    text = " ".join(text.split())
    return "".join(c if c.isprintable() else "?" for c in text.encode("ascii", "replace").decode())


def _plain(values: tuple[float, ...]) -> str:
    """Decimal numbers without exponents, which some readers do not take."""
    return " ".join(np.format_float_positional(v, trim="0") for v in values)
