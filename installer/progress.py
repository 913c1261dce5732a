"""How far an installation is, told while it goes on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from installer.space import amount, size_of

_RATE_SECONDS = 5.0


@dataclass(frozen=True)
class Progress:
    """A moment of it.

    Attributes
    ----------
    what : what is being done
    done, total : bytes written so far, and about how many there will be
    rate : bytes a second, of late
    """

    what: str
    done: int
    total: int
    rate: float

    @property
    def fraction(self) -> float:
        """From 0 to 1; the total is an estimate, so that 1 is kept for the end."""
        return min(self.done / self.total, 0.99) if self.total else 0.0

    def __str__(self) -> str:
        return (
            f"{self.what}: {amount(min(self.done, self.total))} of {amount(self.total)}, "
            f"{self.rate / 1e6:.1f} MB/s"
        )


Listener = Callable[[Progress], None]


@dataclass
class Watch:
    """Looks at folders that fill, and tells a listener."""

    what: str
    folders: Iterable[Path]
    total: int
    listener: Listener
    _seen: list[tuple[float, int]] = field(default_factory=list)

    def look(self) -> None:
        """Measure the folders and tell."""
        now, size = time.monotonic(), size_of(self.folders)
        self._seen = [one for one in self._seen if now - one[0] < _RATE_SECONDS] + [(now, size)]
        (before, less), seconds = self._seen[0], now - self._seen[0][0]
        rate = (size - less) / seconds if now > before else 0.0
        self.listener(Progress(self.what, size, self.total, max(rate, 0.0)))


class Printed:
    """A listener for people: a line that changes on a terminal, else a line now and then."""

    def __init__(self, stream: TextIO = sys.stdout, every: float = 10.0) -> None:
        self._stream, self._every = stream, every
        self._last = time.monotonic()
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        """Tell of a moment."""
        if self._stream.isatty():
            line = f"  {progress}"
            self._stream.write(f"\r{line.ljust(self._width)}")
            self._stream.flush()
            self._width = len(line)
        elif time.monotonic() - self._last >= self._every:
            self._last = time.monotonic()
            print(f"  {progress}", file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the terminal at the beginning of a line."""
        if self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0
