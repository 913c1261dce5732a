"""What the LUT of a file is for: as the user says, or else as the file does."""

from __future__ import annotations

from pathlib import Path

from colorfix_core.luts.data import LutData
from colorfix_core.luts.spaces import names
from colorfix_core.luts.spaces.names import Meaning
from colorfix_core.messages import tell

_HALD = (".png", ".tif", ".tiff")


def meaning_of(
    lut: LutData, path: Path, takes: str | None = None, gives: str | None = None
) -> Meaning:
    """What the LUT of a file takes and gives; tells what was guessed.

    Parameters
    ----------
    lut : what the file holds
    path : the file, whose name may say what its LUT is for
    takes, gives : keys of `names.SPACES`, if the user has said them
    """
    texts = (lut.title, *lut.comments)
    guess = names.guessed(path.stem, texts, path.suffix.lower() in _HALD)
    if takes:
        said_by_both = guess is not None and guess.takes == takes
        return names.named(takes, gives or (guess.gives if guess and said_by_both else None))
    if guess is None:
        return Meaning(gives=gives) if gives else Meaning()
    meaning = Meaning(guess.takes, gives or guess.gives)
    if not meaning.is_srgb:
        first, second = meaning.titles
        into = "" if meaning.takes == meaning.gives else f", giving {second}"
        tell(
            f"{path.name} is taken for a LUT for {first}{into}, as it says itself; "
            "--lut-space srgb uses it as it is."
        )
    return meaning
