"""The encodings that LUTs are made for, and how files of LUTs name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Space:
    """An encoding of colors.

    Parameters
    ----------
    key : what the command line calls it
    title : what people call it
    words : a regular expression that finds it in a file's name or comments, in lower case
    is_log : whether it is a camera's, for scenes brighter than white
    """

    key: str
    title: str
    words: str
    is_log: bool = False


# A LUT that names two is for the first that stands here.
SPACES = (
    Space("logc4", "ARRI LogC4", r"log ?c ?4", True),
    Space("logc3", "ARRI LogC3", r"log ?c ?3|log ?c\b|\balexa\b", True),
    Space("slog3-sgamut3", "Sony S-Log3, S-Gamut3", r"s ?log ?3.*s ?gamut ?3(?! ?cine)", True),
    Space("slog3", "Sony S-Log3, S-Gamut3.Cine", r"s ?log ?3", True),
    Space("vlog", "Panasonic V-Log", r"\bv ?log", True),
    Space("clog2", "Canon Log 2", r"\b(c|canon) ?log ?2", True),
    Space("clog3", "Canon Log 3", r"\b(c|canon) ?log ?3", True),
    Space("applelog", "Apple Log", r"apple ?log", True),
    Space("acescct", "ACEScct", r"aces ?cct", True),
    Space("adobergb", "Adobe RGB", r"adobe ?rgb"),
    Space("displayp3", "Display P3", r"display ?p3|p3 ?d65"),
    Space("prophoto", "ProPhoto RGB", r"pro ?photo|\bromm\b"),
    Space("linear", "linear light", r"linear ?(srgb|light|rec ?709)|scene ?linear"),
    Space("rec709", "Rec. 709", r"rec ?709|\bbt ?709|\b709\b"),
    Space("srgb", "sRGB", r"\bsrgb\b"),
)
BY_KEY = {space.key: space for space in SPACES}
# RawTherapee's HaldCLUTs end their names with one of its working profiles, and have sRGB's curve.
_RAWTHERAPEE = {"ProPhoto": "prophoto-srgb-curve", "Adobe RGB": "adobergb-srgb-curve",
                "AdobeRGB": "adobergb-srgb-curve", "Rec2020": "rec2020-srgb-curve"}  # fmt: skip
_TITLES = {"prophoto-srgb-curve": "ProPhoto's primaries with sRGB's curve",
           "adobergb-srgb-curve": "Adobe RGB's primaries with sRGB's curve",
           "rec2020-srgb-curve": "Rec. 2020's primaries with sRGB's curve"}  # fmt: skip
_FROM_TO = re.compile(r"\bto\b|>")


@dataclass(frozen=True)
class Meaning:
    """What a LUT takes and gives, keys of spaces each."""

    takes: str = "srgb"
    gives: str = "srgb"

    @property
    def is_srgb(self) -> bool:
        """Whether the LUT is for pictures as they are."""
        return self.takes == self.gives == "srgb"

    @property
    def titles(self) -> tuple[str, str]:
        """What people call the two."""
        return title(self.takes), title(self.gives)


def title(key: str) -> str:
    """What people call a space."""
    return _TITLES.get(key) or BY_KEY[key].title


def named(takes: str, gives: str | None = None) -> Meaning:
    """The meaning of a LUT of which the space that it takes is known.

    A LUT for a camera's log gives Rec. 709 unless something else is known; any other gives what
    it takes.
    """
    usual = "rec709" if takes in BY_KEY and BY_KEY[takes].is_log else takes
    return Meaning(takes, gives or usual)


def guessed(stem: str, texts: Iterable[str] = (), hald: bool = False) -> Meaning | None:
    """What a LUT file's name says that it takes and gives, or else what its comments say.

    Parameters
    ----------
    stem : the file's name, without folder and extension
    texts : title and comments
    hald : whether it is a HaldCLUT, to whose name RawTherapee's rule applies

    Returns
    -------
    None where nothing is said
    """
    if hald:
        for ending, key in _RAWTHERAPEE.items():
            if stem.endswith(ending):
                return Meaning(key, key)
    for text in (stem, *texts):
        if found := _in(text):
            return found
    return None


def _in(text: str) -> Meaning | None:
    """What one text says: "A to B", or A alone."""
    # SLog3ToRec709 and LogC2Video are words, too; CLog2 is none.
    plain = re.sub(r"(?<=[a-z0-9])To(?=[A-Z])|2(?=Video|Rec|BT|709|sRGB)", " to ", text)
    plain = re.sub(r"[\W_]+", " ", plain.replace("->", " to ")).lower()
    parts = _FROM_TO.split(plain, maxsplit=1)
    takes = _first(parts[0])
    gives = _first(parts[1]) if len(parts) > 1 else None
    if takes:
        return named(takes, gives)
    return Meaning("srgb", gives) if gives and gives != "srgb" and len(parts) > 1 else None


def _first(text: str) -> str | None:
    return next((space.key for space in SPACES if re.search(space.words, text)), None)
