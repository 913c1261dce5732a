"""The one way of a sentence to the user: what is no failure, but should be read.

Whoever works tells; whoever has a user listens. The command line, the warm process and the
plug-in each listen around one run:

    with listening() as told:
        picture = read(path)        # may tell("photo.jpg: its EXIF is damaged and left out.")
    for sentence in told:
        print(sentence)

Where nobody listens, a sentence becomes a warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_told: ContextVar[list[str] | None] = ContextVar("told", default=None)


def tell(sentence: str) -> None:
    """Say something to the user of this context; the same sentence is heard once."""
    told = _told.get()
    if told is None:
        warnings.warn(sentence, stacklevel=3)
    elif sentence not in told:
        told.append(sentence)


def one_line(reason: object) -> str:
    """What a library or a damaged file says, fit for a sentence: no line ends, no controls."""
    line = " ".join(str(reason).split())
    return "".join(sign if sign.isprintable() else "?" for sign in line)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect what is told inside the block, by this thread; blocks nest, the inner one hears."""
    told: list[str] = []
    token = _told.set(told)
    try:
        yield told
    finally:
        _told.reset(token)
