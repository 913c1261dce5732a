"""Several changes to an image as one step to undo."""

from collections.abc import Iterator
from contextlib import contextmanager

from colorfix_gimp.gimp import Gimp


@contextmanager
def one_step(image: Gimp.Image) -> Iterator[None]:
    """Have what is done meanwhile undone as one."""
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()
