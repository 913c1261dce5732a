"""Work on one strip of a layer while GIMP delivers the next."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor


def in_thread(work: Callable, items: Iterator) -> Iterator:
    """work(item) for each, in order; meanwhile the next is fetched and the last one used here.

    Only this thread may talk to GIMP, and most of that is waiting.
    """
    with ThreadPoolExecutor(1) as thread:
        before = None
        for item in items:
            now = thread.submit(work, item)
            if before:
                yield before.result()
            before = now
        if before:
            yield before.result()
