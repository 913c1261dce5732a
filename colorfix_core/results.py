"""What the richer calls of `ColorFixer` return."""

from __future__ import annotations

from dataclasses import dataclass

from colorfix_core.luts.lut import Lut3D


@dataclass(frozen=True)
class Prediction:
    """A correction and how it came about.

    Attributes
    ----------
    luts : the composed LUT after 1, 2, ... iterations; the last one is the correction
    notes : sentences that a user should read
    """

    luts: tuple[Lut3D, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """One of several answers.

    Attributes
    ----------
    lut : the correction
    probability : that it is the right one, in [0, 1]
    origin : "predicted", "as it is" or "black and white"
    """

    lut: Lut3D
    probability: float
    origin: str
