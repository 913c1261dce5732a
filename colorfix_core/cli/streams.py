"""Standard output and error that never end a batch, whoever has closed or filled them."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any


class Patient(io.FileIO):
    """A descriptor to which writing always succeeds; what went wrong first is remembered.

    Attributes
    ----------
    failure : why something was lost, if something was
    """

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        """Write, or lose, all of `data`; returns how many bytes that is."""
        try:
            written = super().write(data)
        except OSError as error:
            self.failure = self.failure or error
            written = None
        return memoryview(data).nbytes if written is None else written


def open_all() -> None:
    """Open what is closed of the three standard streams.

    The next file that is opened would get such a stream's number, and what a C library writes to
    standard error would end up in a picture.
    """
    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(opened)


@contextlib.contextmanager
def patient() -> Iterator[list[OSError]]:
    """Have what is printed in the block lost rather than fail.

    File names need not be valid text; they are printed as the bytes that they are.

    Yields
    ------
    Filled at the end with what kept standard output from being written; that nobody reads it any
    more (a closed pipe) is no failure.
    """
    before, failures = (sys.stdout, sys.stderr), list[OSError]()
    ours = [_in_place_of(stream, number) for number, stream in enumerate(before, start=1)]
    sys.stdout, sys.stderr = (ours[n] or stream for n, stream in enumerate(before))
    try:
        yield failures
    finally:
        for stream in filter(None, ours):
            stream.flush()
        sys.stdout, sys.stderr = before
        failure = _failure_of(ours[0])
        if failure and failure.errno != errno.EPIPE:
            failures.append(failure)


def _in_place_of(stream: Any, number: int) -> io.TextIOWrapper | None:
    """A patient stream, unless somebody else listens already, such as a test."""
    real = sys.__stdout__ if number == 1 else sys.__stderr__
    if stream is not real:
        return None
    if stream is not None:
        with contextlib.suppress(OSError):
            stream.flush()
    raw = Patient(number, "w", closefd=False)
    encoding = getattr(stream, "encoding", "utf-8")
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding, errors="surrogateescape", line_buffering=True
    )


def _failure_of(stream: io.TextIOWrapper | None) -> OSError | None:
    raw = getattr(stream.buffer, "raw", None) if stream else None
    return raw.failure if isinstance(raw, Patient) else None
