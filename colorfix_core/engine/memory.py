"""Memory that two processes see: one writes, the other reads, and nothing is copied between.

What they share is a file descriptor, which goes along with a message, or on Windows a name. Where
the system has no nameless memory, a file without a name serves.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

STEP = 1 << 20
_ALIGNED = 64


class Outgoing:
    """Memory that is written here; it grows as is needed."""

    def __init__(self) -> None:
        self._map: mmap.mmap | None = None

    def write(self, buffers: Sequence[Any]) -> int | str | None:
        """Lay buffers one behind the other, where `Incoming.read` finds them.

        Returns what a new memory is shared by: a file descriptor, which whoever gets it closes, or
        a name.

        Raises
        ------
        OSError, MemoryError : there is not enough
        """
        sizes = [memoryview(buffer).nbytes for buffer in buffers]
        places, end = _places(sizes)
        shared = None
        if end and (self._map is None or len(self._map) < end):
            self._map, shared = _memory(-(-end // STEP) * STEP)
        for place, size, buffer in zip(places, sizes, buffers, strict=True):
            if self._map is not None and size:
                self._map[place : place + size] = memoryview(buffer).cast("B")
        return shared


class Incoming:
    """Memory that the other end writes."""

    def __init__(self) -> None:
        self._map: mmap.mmap | None = None

    def take(self, descriptor: int) -> None:
        """Read from a new memory; OSError or ValueError if it is none."""
        try:
            self._map = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)

    def take_named(self, name: str, size: int) -> None:
        """Read from a new memory of Windows; OSError or ValueError if it is none."""
        if sys.platform != "win32":
            raise ValueError("memory has names on Windows only")
        self._map = mmap.mmap(-1, size, name, access=mmap.ACCESS_READ)

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


def _memory(size: int) -> tuple[mmap.mmap, int | str]:
    """So much memory, and what it is shared by."""
    if sys.platform == "win32":
        name = f"colorfix-{os.urandom(16).hex()}"
        return mmap.mmap(-1, size, name), f"{name} {size}"
    descriptor = _sealed(size) if hasattr(os, "memfd_create") else _unlinked(size)
    try:
        return mmap.mmap(descriptor, size), descriptor
    except BaseException:
        os.close(descriptor)
        raise


def _sealed(size: int) -> int:
    """A file descriptor of memory that nobody can shrink under who reads it."""
    import fcntl

    descriptor = os.memfd_create("colorfix", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with _closing_on_error(descriptor):
        os.ftruncate(descriptor, size)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    return descriptor


def _unlinked(size: int) -> int:
    """A file descriptor of a file; written in full, so that a full disk is an error now."""
    import tempfile  # which takes its time

    with tempfile.TemporaryFile() as file:
        descriptor = os.dup(file.fileno())
    with _closing_on_error(descriptor):
        for _part in range(0, size, STEP):
            os.write(descriptor, bytes(STEP))
    return descriptor


@contextlib.contextmanager
def _closing_on_error(descriptor: int) -> Iterator[None]:
    try:
        yield
    except BaseException:
        os.close(descriptor)
        raise
