"""Work on all cores, and work on one strip while the next is being fetched."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    work: Callable[..., None], jobs: Sequence[tuple[Any, ...]], workers: int | None = None
) -> None:
    """Call work(*job) for each job on several threads; what it calls must let go of the GIL.

    Parameters
    ----------
    work : may be called by several threads at once
    jobs : arguments of each call, in no order that can be relied on
    workers : threads; None: as many as there are cores

    Raises
    ------
    The first error of `work`; jobs that no thread has begun by then are dropped.
    """
    # One iterator serves all threads: CPython lets one thread at a time step a list's iterator,
    # so no job is done twice, and nobody has to be woken after each.
    left = iter(jobs)

    def work_on() -> None:
        for job in left:
            work(*job)

    threads = min(len(jobs), workers or cores())
    if threads < 2:
        work_on()
        return
    with ThreadPoolExecutor(threads) as pool:
        at_work = [pool.submit(work_on) for _ in range(threads)]
        try:
            wait(at_work, return_when=FIRST_EXCEPTION)
        finally:  # an error, or Ctrl+C, leaves nothing to do for the others
            deque(left, maxlen=0)
    for done in at_work:
        done.result()


def ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """work(item) for each, in order; meanwhile the next is fetched and the last one used here.

    Items are fetched, and results used, by the calling thread alone; `work` has a thread of its
    own. GIMP talks to one thread only, and most of that is waiting.
    """
    with ThreadPoolExecutor(1) as thread:
        before: Future[Result] | None = None
        for item in items:
            now = thread.submit(work, item)
            if before:
                yield before.result()
            before = now
        if before:
            yield before.result()
