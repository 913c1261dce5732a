"""Reading number tables from text: lines with their numbers, bounded in length, never trusted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import LutData

LONGEST_LINE = 1 << 16
# Bytes of comments, blank lines and keywords that a file may hold beside its table.
LARGEST_OVERHEAD = 1 << 20
# float() also takes "nan", "inf", "1_0" and other scripts' digits; no LUT writer means those.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LARGEST = float(np.finfo(np.float32).max)


class Lines:
    """The lines of a text file, LF, CRLF or CR, without a byte order mark.

    A context manager, which leaves the stream open. Iterating gives stripped lines. `number` is
    the number of the latest line; `error` makes the
    exception that names it. Lines that are no table rows are reported with `overhead`, which
    ends a file that has too many.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.number = 0
        self._overhead = 0
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline=None)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.detach()

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_LINE + 1):
            self.number += 1
            if "\0" in line:
                raise self.error("holds zero bytes, so this is no plain text file")
            if len(line) > LONGEST_LINE:
                raise self.error(f"is longer than {LONGEST_LINE} characters")
            yield line.strip()

    def error(self, reason: str) -> LutFileError:
        """An error about the latest line; `reason` continues "line N ..."."""
        return LutFileError(f"line {max(1, self.number)} {reason}")

    def overhead(self, line: str) -> None:
        """Count a line that is no row."""
        self._overhead += len(line) + 1
        if self._overhead > LARGEST_OVERHEAD:
            raise self.error("comes after a megabyte of comments and blank lines")

    def number_of(self, token: str) -> float:
        """Parse one decimal number that a float32 can hold."""
        if not _NUMBER.fullmatch(token):
            raise self.error(f"has {shortened(token)} where a number belongs")
        value = float(token)
        if not abs(value) <= _LARGEST:
            raise self.error(f"has {shortened(token)}, which is too large")
        return value

    def row(self, line: str) -> tuple[float, float, float]:
        """Parse a line of three numbers, or raise."""
        tokens = line.split()
        if len(tokens) != 3:
            raise self.error(f"has {len(tokens)} fields instead of 3 numbers")
        try:
            # float() is many times faster; only what it may misjudge needs the second look.
            r, g, b = map(float, tokens)
            sound = -_LARGEST <= r <= _LARGEST and -_LARGEST <= g <= _LARGEST
            sound = sound and -_LARGEST <= b <= _LARGEST and "_" not in line and line.isascii()
        except ValueError:
            sound = False
        if sound:
            return r, g, b
        first, second, third = map(self.number_of, tokens)
        return first, second, third


def shortened(text: str) -> str:
    """Quote text from a file for a message: printable, and not longer than 30 characters."""
    text = ascii(text)
    return text if len(text) <= 32 else text[:28] + "...'"


def require_unit_domain(lut: LutData, extension: str) -> None:
    """Refuse to write what a format without domains and shapers cannot say."""
    if lut.shaper is not None or (lut.domain_min, lut.domain_max) != ((0, 0, 0), (1, 1, 1)):
        raise LutFileError(
            f"a {extension} file holds LUTs of 0..1 without a shaper only; use .cube instead"
        )
