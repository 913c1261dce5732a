"""GIMP's progress bar, while a filter works."""

import contextlib
from collections.abc import Iterator

from colorfix_gimp.gimp import Gimp


@contextlib.contextmanager
def progress(text: str) -> Iterator[None]:
    """Show a text beside the bar that `Gimp.progress_update` moves, until the work has ended.

    GIMP by itself leaves both standing where the dialog's help was opened before.
    """
    Gimp.progress_init(text)
    try:
        yield
    finally:
        Gimp.progress_end()
