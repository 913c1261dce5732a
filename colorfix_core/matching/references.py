"""A LUT that makes a picture's colors lie as those of a reference do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.color.difference import lab_to_srgb, srgb_to_lab
from colorfix_core.color.srgb import decode, encode
from colorfix_core.errors import ImageError
from colorfix_core.luts.data import lattice as points_of
from colorfix_core.luts.lut import Lut3D
from colorfix_core.matching import lattice, transport

Array = NDArray[np.float64]
# How far colors still have to go after the linear map, in CIELAB. Of 24 photographs under other
# light and their originals, nine tenths stay below 11; of unlike photographs, one tenth.
_ALIKE, _UNLIKE = 7.0, 14.0
# So much fit is left at 15.
_SCALE = 15.0
_LEAST_FIT = round(100 * np.exp(-_UNLIKE / _SCALE))
_LEAST_LINEAR = 0.5
_MOST_GAIN = 8.0
_MOST_COLORS = 40_000
_STIFF = 3e-4


@dataclass(frozen=True, eq=False)
class Match:
    """A LUT of 33 points, and how well the two pictures match.

    Parameters
    ----------
    distance : how far colors still have to go after the linear map, in CIELAB
    """

    lut: Lut3D
    distance: float

    @property
    def fit(self) -> int:
        """How well they match, in percent: 100 where the linear map leaves nothing."""
        return round(100 * float(np.exp(-self.distance / _SCALE)))

    @property
    def likeness(self) -> float:
        """How far the reference is trusted: 0..1."""
        return float(np.clip((_UNLIKE - self.distance) / (_UNLIKE - _ALIKE), 0, 1))

    def sentence(self) -> str:
        """What to say of it."""
        manner = "matched closely" if self.likeness > 0.5 else "matched with restraint"
        return f"the pictures fit by {self.fit} % and are {manner}."


def match(picture: Array, reference: Array) -> Match:
    """Match the colors of a picture to those of a reference.

    Parameters
    ----------
    picture, reference : (N, 3) and (M, 3) float in 0..1, sRGB-encoded, as often as they occur

    Raises
    ------
    ImageError : one of them has one color only, or they are too unlike; with the figure
    """
    here, there = _sample(picture, "picture"), _sample(reference, "reference")
    # Whatever the light was, one of the two brings the rest near enough for what follows.
    ways = [_Way.of(here, there, gains) for gains in (np.ones(3), _gains(here, there))]
    way = min(ways, key=lambda one: one.plan.distance)
    found = Match(Lut3D.identity(2), way.plan.distance)
    if found.distance > _UNLIKE:
        raise ImageError(
            f"the reference fits by {found.fit} %, and {_LEAST_FIT} % is needed: its colors are "
            'too unlike; choose one that shows similar things, or use "colorfix fix"'
        )
    return Match(_table(way, found.likeness), found.distance)


@dataclass(frozen=True)
class _Way:
    """Gains in linear light, a linear map in CIELAB, and the transport of what is left."""

    gains: Array
    linear: transport.Linear
    plan: transport.Plan

    @classmethod
    def of(cls, here: Array, there: Array, gains: Array) -> _Way:
        lit, wanted = srgb_to_lab(encode(decode(here) * gains)), srgb_to_lab(there)
        linear = transport.linear(lit, wanted)
        return cls(gains, linear, transport.plan(linear(lit), wanted))

    def lab(self, encoded: Array) -> Array:
        """CIELAB of (..., 3) sRGB-encoded colors after gains and linear map."""
        return self.linear(srgb_to_lab(encode(decode(encoded) * self.gains)))


def _gains(here: Array, there: Array) -> Array:
    """What makes the mean light of one picture that of the other, channel by channel."""
    ratio = decode(there).mean(0) / np.maximum(decode(here).mean(0), 1e-4)
    gains: Array = ratio.clip(1 / _MOST_GAIN, _MOST_GAIN)
    return gains


def _table(way: _Way, likeness: float) -> Lut3D:
    """The linear map, and as much of the finer one as the pictures are alike."""
    share = _LEAST_LINEAR + (1 - _LEAST_LINEAR) * likeness
    plan = way.plan
    grid = points_of(33, (0, 0, 0), (1, 1, 1)).astype(np.float64)
    lab = srgb_to_lab(grid)
    moved = lab_to_srgb(lab + share * (way.lab(grid) - lab)).clip(0, 1)
    if likeness == 0:
        return Lut3D(moved)
    # What the finer map changes of colors that the linear one has moved.
    colors = lab_to_srgb(plan.colors).clip(0, 1)
    goals = lab_to_srgb(plan.colors + likeness * (plan.goals - plan.colors)).clip(0, 1)
    finer = lattice.fitted(colors, goals, plan.shares, _STIFF, size=17)
    return Lut3D(Lut3D(finer.clip(0, 1)).evaluate(moved).clip(0, 1))


def _sample(colors: Array, name: str) -> Array:
    if np.ptp(colors, 0).max() < 0.02:
        raise ImageError(
            f"the {name} holds one color only, which nothing can be matched by; choose another"
        )
    return colors[:: max(1, len(colors) // _MOST_COLORS)]
