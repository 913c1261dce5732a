"""Memory that two processes see: one writes, the other reads, and nothing is copied between.

A file descriptor is what they share. Where the system has no nameless memory, a file without a
name serves, in a folder of the user's own.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
from collections.abc import Sequence
from typing import Any

STEP = 1 << 20
_ALIGNED = 64


class Outgoing:
    """Memory that is written here; it grows as is needed."""

    def __init__(self) -> None:
        self._map: mmap.mmap | None = None

    def write(self, buffers: Sequence[Any]) -> int | None:
        """Lay buffers one behind the other, where `Incoming.read` finds them.

        Returns a file descriptor where the memory is a new one; whoever gets it closes it.

        Raises
        ------
        OSError, MemoryError : there is not enough
        """
        sizes = [memoryview(buffer).nbytes for buffer in buffers]
        places, end = _places(sizes)
        fresh = None
        if end and (self._map is None or len(self._map) < end):
            fresh = _memory(-(-end // STEP) * STEP)
            self._map = mmap.mmap(fresh, 0)
        for place, size, buffer in zip(places, sizes, buffers, strict=True):
            if self._map is not None and size:
                self._map[place : place + size] = memoryview(buffer).cast("B")
        return fresh


class Incoming:
    """Memory that the other end writes."""

    def __init__(self) -> None:
        self._map: mmap.mmap | None = None

    def replace(self, descriptor: int) -> None:
        """Take a new memory; OSError or ValueError if it is none."""
        try:
            self._map = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)

    def read(self, sizes: Sequence[int]) -> list[memoryview]:
        """What was written, until the other end writes again; ValueError if it cannot be there."""
        places, end = _places(sizes)
        if min(sizes, default=0) < 0 or (end and (self._map is None or len(self._map) < end)):
            raise ValueError("more was announced than there is")
        whole = memoryview(self._map or b"")
        return [whole[place : place + size] for place, size in zip(places, sizes, strict=True)]


def _places(sizes: Sequence[int]) -> tuple[list[int], int]:
    """Where buffers of these sizes begin, and where the last one ends."""
    places, end = [], 0
    for size in sizes:
        places.append(-(-end // _ALIGNED) * _ALIGNED)
        end = places[-1] + size
    return places, end


def _memory(size: int) -> int:
    """A file descriptor of so much memory, which nobody can shrink under who reads it."""
    if hasattr(os, "memfd_create"):
        import fcntl

        descriptor = os.memfd_create("colorfix", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        with _closing_on_error(descriptor):
            os.ftruncate(descriptor, size)
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        return descriptor
    with tempfile.TemporaryFile() as file:
        descriptor = os.dup(file.fileno())
    with _closing_on_error(descriptor):  # written in full, so that a full disk is an error now
        for _part in range(0, size, STEP):
            os.write(descriptor, bytes(STEP))
    return descriptor


@contextlib.contextmanager
def _closing_on_error(descriptor: int) -> Any:
    try:
        yield
    except BaseException:
        os.close(descriptor)
        raise
