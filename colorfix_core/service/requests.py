"""What is asked of the networks and what they answer: what travels on the wire.

Nothing but the standard library is imported; arrays and LUTs are `Any` here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Question:
    """Which correction is wanted; two that differ in nothing but `iterations` are the same.

    Attributes
    ----------
    layer : the asker's number for what is looked at
    sample : which part of it counts, in the asker's words
    method : "lut" | "balancer"
    device : "auto" | "cpu" | "cuda" | "cuda:N"
    size : points along each axis of the LUT, 2 to 256
    iterations : 1 to 10; an answer to more of them answers this, too
    thoroughness : 0 careful to 1 thorough
    wanted : "one", a LUT; "candidates", all that the direct method finds possible; "lights", a LUT
        for each light and where it falls
    revision : tells apart what a layer looked like earlier
    """

    layer: int
    sample: str
    method: str
    device: str
    size: int
    iterations: int = field(default=1, compare=False)
    thoroughness: float = 0.5
    wanted: str = "one"
    revision: int = 0


@dataclass(frozen=True)
class Load:
    """Have the networks ready on a device."""

    device: str


@dataclass(frozen=True)
class Predict:
    """Answer a question.

    Attributes
    ----------
    question : what is wanted
    thumbnail : `colorfix_core.pixels.thumbnail.Thumbnail` of what is looked at
    """

    question: Question
    thumbnail: Any

    @property
    def device(self) -> str:
        """Where the networks shall run."""
        return self.question.device


Request = Load | Predict


@dataclass(frozen=True)
class Answer:
    """What the networks said.

    Attributes
    ----------
    luts : a `Lut3D` after each of 1, 2, ... iterations, or for each candidate, likeliest first, or
        each light; none to `Load`
    rough : whether they were shown no more than a rough picture
    notes : sentences that the user should read
    origins : of candidates, as in `colorfix_core.results.Candidate`
    masks : of lights, as in `colorfix_core.luts.masked.MaskedLuts`
    """

    luts: tuple[Any, ...] = ()
    rough: bool = False
    notes: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    masks: tuple[Any, ...] = ()
