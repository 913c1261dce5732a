"""The .cube format: Adobe "Cube LUT Specification" 1.0 (2013) and DaVinci Resolve's dialect.

Resolve writes ``LUT_3D_INPUT_RANGE lo hi`` in place of the two DOMAIN lines, may put a 1D shaper
with ``LUT_1D_SIZE`` and ``LUT_1D_INPUT_RANGE`` before the 3D table in one file, and marks LUTs for
video-range data with flags. Readers in the field also meet CRLF, byte order marks, indented or
trailing comments, titles without quotes and lower-case keywords; all of them are read here.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from textwrap import wrap
from typing import BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import Array, LutData, Shaper, Triple, domain_rises
from colorfix_core.luts.formats import cube_header, cube_scales
from colorfix_core.luts.formats.cube_header import Header
from colorfix_core.luts.formats.text import Lines

LONGEST_WRITTEN_LINE = 250
# "0 0 0\n": no table row is shorter, so a size can be checked against the file's length.
_SHORTEST_ROW = 6
_UNIT: tuple[Triple, Triple] = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def read(stream: BinaryIO, size: int, full: int | None = None) -> LutData:
    """Read a .cube file of `size` bytes; tells what is skipped or taken as it is.

    A file with a 1D table only becomes a LUT whose shaper holds the curves. With `full` the
    numbers of a 3D table are code values of that full scale.

    Raises
    ------
    LutFileError
        Naming the line and the reason.
    """
    with Lines(stream) as lines:
        rows = iter(lines)
        header, first_row = cube_header.read(lines, rows)
        count_1d, count_3d = header.size_1d or 0, (header.size_3d or 0) ** 3
        count = count_1d + count_3d
        if not count:
            raise lines.error("ends the file before any LUT_3D_SIZE or LUT_1D_SIZE keyword")
        if count * _SHORTEST_ROW - 1 > size:
            raise lines.error(f"starts a table of {count} rows, but the file has only {size} bytes")
        table = _read_rows(lines, rows, first_row, count)
    if full:
        table = table / np.float32(full)
    return _assemble(header, table[:count_1d], table[count_1d:])


def _read_rows(lines: Lines, rows: Iterator[str], first: str, count: int) -> Array:
    """Read exactly `count` rows of three numbers, comments and blank lines between them."""
    values = array("f")
    for line in chain([first], rows):
        if "#" in line:
            line = line[: line.index("#")].rstrip()
        if not line:
            lines.overhead(line)
        elif line[0].isalpha() and line.split()[0].upper() in cube_header.KEYWORDS:
            raise lines.error(f"has the keyword {line.split()[0].upper()} after the table began")
        elif len(values) == 3 * count:
            raise lines.error(f"is one more than the {count} rows that the size keywords announce")
        else:
            values.extend(lines.row(line))
    if len(values) < 3 * count:
        raise lines.error(f"ends the file after {len(values) // 3} of {count} table rows")
    return np.frombuffer(values, np.float32).reshape(count, 3)


def _assemble(header: Header, curve: Array, table: Array) -> LutData:
    """Put curves and table together, each with the domain that the header gives it."""
    title, comments = header.title or "", tuple(header.comments)
    curve, table = cube_scales.from_codes(curve), cube_scales.from_codes(table)
    low, high = _domain(header, first=True)
    if not len(curve):
        table, low, high = cube_scales.full_range(header.flags, table, low, high)
        return LutData(_from_red_fastest(table), low, high, title, comments)
    if not len(table):
        curve, low, high = cube_scales.full_range(header.flags, curve, low, high)
        return LutData.of_curves(Shaper(curve, low, high), title, comments)
    table, low, high = cube_scales.full_range(header.flags, table, low, high)
    shaper = Shaper(curve, low, high)
    low, high = _domain(header, first=False)
    return LutData(_from_red_fastest(table), low, high, title, comments, shaper)


def _domain(header: Header, first: bool) -> tuple[Triple, Triple]:
    """The lowest and highest input of the first table, or of the 3D table behind a shaper.

    A block's own range goes before the file's domain. Where there is one table, the range that
    Resolve means for the other kind can only be its own.
    """
    given = header.range_3d
    if first and header.size_1d:
        given = header.range_1d or (None if header.size_3d else header.range_3d)
    elif first:
        given = header.range_3d or header.range_1d
    low, high = _UNIT
    if given:
        low, high = (given[0],) * 3, (given[1],) * 3
    elif first:
        low, high = header.domain_min or low, header.domain_max or high
    low, high = cube_scales.domain_from_codes(low, high)
    if not domain_rises(low, high):
        raise LutFileError(
            f"line {header.domain_line} leaves a domain from {low} to {high}, which does not rise"
        )
    return low, high


def _from_red_fastest(rows: Array) -> Array:
    n = round(len(rows) ** (1 / 3))
    return rows.reshape(n, n, n, 3).transpose(2, 1, 0, 3)


def write(lut: LutData, stream: BinaryIO) -> None:
    """Write what every reader in the field understands: ASCII, LF, six decimals.

    Comments and the title come first and are reduced to ASCII. DOMAIN lines are written only when
    they say something, and after the size, where ffmpeg looks for them. A LUT with a shaper is
    written in Resolve's dialect, which has one range for all three channels.
    """
    head = [f"# {part}" for comment in lut.comments for part in _comment_lines(comment)]
    if title := _written_title(lut.title):
        head.append(f'TITLE "{title}"')
    sizes, blocks = _sizes_and_blocks(lut)
    head += sizes
    stream.write(("\n".join(head) + "\n").encode("ascii"))
    for block in blocks:
        for start in range(0, len(block), 4096):
            part = block[start : start + 4096]
            # % takes no account of the locale, as C's printf would.
            text = ("%.6f %.6f %.6f\n" * len(part)) % tuple(part.ravel().tolist())
            stream.write(text.replace("-0.000000", "0.000000").encode("ascii"))


def _sizes_and_blocks(lut: LutData) -> tuple[list[str], list[Array]]:
    """The lines that say sizes and domains, and the rows of the tables that follow."""
    rows = lut.table.transpose(2, 1, 0, 3).reshape(-1, 3)
    if lut.shaper is None:
        return [f"LUT_3D_SIZE {lut.size}", *_domain_lines(lut)], [rows]
    curve = lut.shaper.curve
    if len(curve) not in cube_header.CURVE_LENGTHS:
        raise LutFileError(
            f"a .cube file holds curves of up to {cube_header.CURVE_LENGTHS[-1]} points, not "
            f"{len(curve)}; use .clf, or resize() the LUT to bake them into the table"
        )
    if lut.holds_only_curves:
        return [f"LUT_1D_SIZE {len(curve)}", *_domain_lines(lut.shaper)], [curve]
    sizes = [
        f"LUT_1D_SIZE {len(curve)}",
        f"LUT_1D_INPUT_RANGE {_range(lut.shaper)}",
        f"LUT_3D_SIZE {lut.size}",
        f"LUT_3D_INPUT_RANGE {_range(lut)}",
    ]
    return sizes, [curve, rows]


def _domain_lines(holder: LutData | Shaper) -> list[str]:
    """The DOMAIN lines, where they say something."""
    if (holder.domain_min, holder.domain_max) == _UNIT:
        return []
    return [f"DOMAIN_MIN {_plain(holder.domain_min)}", f"DOMAIN_MAX {_plain(holder.domain_max)}"]


def _range(holder: LutData | Shaper) -> str:
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


def _plain(values: Iterable[float]) -> str:
    """Decimal numbers without exponents, which some readers do not take."""
    return " ".join(np.format_float_positional(v, trim="0") for v in values)
