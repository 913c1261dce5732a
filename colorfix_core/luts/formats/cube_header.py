"""The head of a .cube file: keywords in any order, with comments between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from colorfix_core.luts.data import SIZES, Triple
from colorfix_core.luts.formats.text import Lines, shortened
from colorfix_core.messages import tell

# Adobe Cube LUT Specification 1.0, LUT_1D_SIZE.
CURVE_LENGTHS = range(2, 65537)
# What a keyword of a future dialect looks like; NAN and INF are damaged numbers instead.
_UNKNOWN_KEYWORD = re.compile(r"(?!(NAN|INF|INFINITY)$)[A-Z][A-Z0-9_]{2,63}", re.ASCII)


@dataclass
class Header:
    """What the keywords said, each with None until it was met."""

    title: str | None = None
    size_1d: int | None = None
    size_3d: int | None = None
    domain_min: Triple | None = None
    domain_max: Triple | None = None
    range_1d: tuple[float, float] | None = None
    range_3d: tuple[float, float] | None = None
    domain_line: int = 1
    unknown: bool = False
    flags: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def read(lines: Lines, rows: Iterator[str]) -> tuple[Header, str]:
    """Read up to the first table row, and return it too ("" at the end of the file)."""
    header = Header()
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


def _read_keyword(lines: Lines, header: Header, line: str) -> None:
    word = line.split(None, 1)[0]
    keyword, rest = word.upper(), line[len(word) :].strip()
    if keyword == "TITLE":
        _set_once(lines, header, "title", keyword, _title(rest))
        return
    fields = rest.split("#")[0].split()
    if keyword in ("LUT_IN_VIDEO_RANGE", "LUT_OUT_VIDEO_RANGE"):
        header.flags.append(keyword)
    elif keyword in KEYWORDS:
        name, parse = KEYWORDS[keyword]
        _set_once(lines, header, name, keyword, parse(lines, keyword, fields))
        if "size" not in name:
            header.domain_line = lines.number
    elif _UNKNOWN_KEYWORD.fullmatch(word):
        if not header.unknown:  # one is told; a damaged file may have thousands
            tell(f"line {lines.number}: unknown keyword {word} skipped.")
        header.unknown = True
    else:
        raise lines.error(f"reads {shortened(line)}, which is neither a keyword nor a row")


def _set_once(lines: Lines, header: Header, name: str, keyword: str, value: object) -> None:
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


KEYWORDS: dict[str, tuple[str, Callable[[Lines, str, list[str]], object]]] = {
    "LUT_1D_SIZE": ("size_1d", _size(CURVE_LENGTHS)),
    "LUT_3D_SIZE": ("size_3d", _size(SIZES)),
    "DOMAIN_MIN": ("domain_min", _numbers(3)),
    "DOMAIN_MAX": ("domain_max", _numbers(3)),
    "LUT_1D_INPUT_RANGE": ("range_1d", _numbers(2)),
    "LUT_3D_INPUT_RANGE": ("range_3d", _numbers(2)),
}
