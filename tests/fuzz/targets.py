"""What is fuzzed: each reader by its name, with files to damage, a corpus, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.fuzz import lut_targets, picture_targets
from tests.fuzz.mutation import BINARY_TOKENS, TEXT_TOKENS

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Target:
    """A reader.

    Parameters
    ----------
    seeds : small valid files
    feed : from a damaged file and a folder for files to how it ended: "read", "refused", or what
        should not have happened
    tokens : what is put into files
    is_png : whether checksums are mended in every second input
    may_crash : whether the reader has a process of its own, which may be killed
    """

    name: str
    seeds: Callable[[], list[bytes]]
    feed: Callable[[bytes, str], str]
    tokens: tuple[bytes, ...]
    is_png: bool = False
    may_crash: bool = False

    def files(self) -> list[bytes]:
        """The seeds, and what the corpus has beside them."""
        kept = sorted((CORPUS / self.name).glob("*"))
        return [*self.seeds(), *(path.read_bytes() for path in kept)]


def _of_luts(name: str) -> Target:
    binary = name in ("hald", "tiles", "hald_tiff")
    return Target(
        name,
        partial(lut_targets.seeds, name),
        partial(lut_targets.feed, name),
        BINARY_TOKENS if binary else TEXT_TOKENS,
        is_png=name in ("hald", "tiles"),
        may_crash=name in lut_targets.BY_OPENCOLORIO,
    )


def _of_pictures(name: str) -> Target:
    return Target(
        name,
        partial(picture_targets.seeds, name),
        partial(picture_targets.feed, name),
        BINARY_TOKENS,
        is_png=name == "png",
        may_crash=name == "exr",
    )


LUTS = (*lut_targets.MODULES, *lut_targets.BY_OPENCOLORIO)
PICTURES = ("jpeg", "png", "tiff", "float_tiff", "webp", "other", "heif", "exr")
TARGETS = {name: _of_luts(name) for name in LUTS} | {name: _of_pictures(name) for name in PICTURES}
