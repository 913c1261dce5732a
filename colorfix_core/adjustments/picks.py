"""Colors that the user knows: "this is neutral", "this is skin".

Each pick wants its color, as the correction leaves it, moved to a target of the same luminance.
One is met by gains of the cones, as a white balance does. Several are met by gains that change
smoothly over color space: a constant and multiquadrics around the picks (Hardy, "Multiquadric
equations of topography", Journal of Geophysical Research 76, 1971), so that each counts most where
it is, and none moves another away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorfix_core.adjustments.lattice_places import Places
from colorfix_core.adjustments.light import above_floor
from colorfix_core.color import srgb
from colorfix_core.color.daylight import RGB_TO_CONES
from colorfix_core.color.difference import ciede2000, lab_to_srgb, srgb_to_lab
from colorfix_core.luts.lut import Lut3D

Light = NDArray[np.floating]  # (3, n), linear sRGB

NEUTRAL, SKIN = "neutral", "skin"
# Where a* and b* of faces lie in good photographs (measured by
# colorfix_training.evaluation.skin), and the part of them that holds every second one.
_SKIN_CENTER = np.array([13.9, 15.9])
_SKIN_SPREAD = np.linalg.inv(np.array([[21.7, 21.9], [21.9, 56.8]]))
_HALF_OF_FACES = 1.386
# CIEDE2000 that is good enough, how often the gains are mended, and distances, in cube roots of
# light as OKLab's, within which picks are one and within which gains hardly change.
_CLOSE, _ROUNDS, _SAME, _FLAT = 0.5, 12, 0.01, 0.04
_LEAST, _MOST_GAIN = 1e-5, float(np.log(64.0))
_FROM_CONES = np.linalg.inv(RGB_TO_CONES)


@dataclass(frozen=True)
class Pick:
    """A color of the picture, before its correction, that is known.

    Attributes
    ----------
    kind : "neutral" | "skin"
    color : three numbers, sRGB-encoded, the average of an area
    """

    kind: str
    color: tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.kind not in (NEUTRAL, SKIN):
            raise ValueError(f"a pick is neutral or skin, not {self.kind!r}")
        if len(self.color) != 3 or not np.isfinite(self.color).all():
            raise ValueError(f"a color is three numbers, not {self.color}")


def picked(lut: Lut3D, light: Light, picks: Sequence[Pick], floor: float) -> Light:
    """Outputs of a LUT that do to the picked colors what the user knows of them.

    Parameters
    ----------
    lut : says where inputs lie; plain
    light : (3, M) its outputs in linear light
    floor : the least light that a channel may become
    """
    if not picks:
        return light
    places = Places.of(lut, np.array([pick.color for pick in picks]))
    return _solve(picks, places, light, floor).apply(light, floor)


@dataclass(frozen=True)
class _Gains:
    """Logarithms of cone gains as a smooth function of a color's place."""

    centers: Light  # (3, n), see `_place`
    weights: Light  # (3, n), they sum to 0
    constant: Light  # (3,)

    @classmethod
    def meeting(cls, centers: Light, wanted: Light) -> _Gains:
        """The smoothest gains that are as wanted, (3, n), at the centers."""
        count = centers.shape[1]
        system = np.zeros((count + 1, count + 1))
        system[:count, :count] = -_distances(centers, centers)
        system[:count, count] = system[count, :count] = 1
        solution = np.linalg.lstsq(system, np.vstack([wanted.T, np.zeros((1, 3))]), rcond=None)[0]
        return cls(centers, -solution[:count].T, solution[count])

    def apply(self, light: Light, floor: float) -> Light:
        """(3, M) linear light after the gains; hue and saturation win where it is too bright."""
        kind = light.dtype
        logarithms = self.constant.astype(kind)[:, None]
        if self.centers.shape[1] > 1:
            near = _distances(self.centers.astype(kind), _place(light))
            logarithms = logarithms + self.weights.astype(kind) @ near
        gains = np.exp(logarithms.clip(-_MOST_GAIN, _MOST_GAIN))
        changed = _FROM_CONES.astype(kind) @ (RGB_TO_CONES.astype(kind) @ light * gains)
        changed = above_floor(changed, floor)
        most, now = np.maximum(light.max(0), 1), np.maximum(changed.max(0), 1e-9)
        return np.asarray(changed * np.minimum(1, most / now))


def _solve(picks: Sequence[Pick], places: Places, table: Light, floor: float) -> _Gains:
    """The gains after which the table, interpolated at the picks, gives what they want.

    What is still missing is asked for on top, until nothing is: gains act on the lattice's points,
    of which a pick is a mixture.
    """
    local, kept = places.alone()
    points = table[:, kept].astype(np.float64)
    now = local.mix(points)
    targets = np.stack([_target(p.kind, color) for p, color in zip(picks, now.T, strict=True)], 1)
    centers, groups = _merged(_place(now))
    wanted, best, least = np.zeros_like(now), None, np.inf
    for _ in range(_ROUNDS):
        wanted = (wanted + _cones(targets) - _cones(now)).clip(-_MOST_GAIN, _MOST_GAIN)
        shared = np.stack([wanted[:, groups == g].mean(1) for g in range(centers.shape[1])], 1)
        wanted = shared[:, groups]
        gains = _Gains.meeting(centers, shared)
        now = local.mix(gains.apply(points, floor))
        off = float(_apart(now, targets).max())
        if best is None or off < least:
            best, least = gains, off
        if off < _CLOSE:
            break
    assert best is not None
    return best


def _target(kind: str, light: Light) -> Light:
    """What a color should be, linear (3,): gray, or the nearest color of skin; as bright."""
    luminance = max(float(srgb.LUMINANCE @ light), _LEAST)
    if kind == NEUTRAL:
        return np.full(3, luminance)
    lightness, *chroma = srgb_to_lab(srgb.encode(light))
    away = np.array(chroma) - _SKIN_CENTER
    square = float(away @ _SKIN_SPREAD @ away)
    if square <= _HALF_OF_FACES:
        return light
    nearest = _SKIN_CENTER + away * np.sqrt(_HALF_OF_FACES / square)
    skin = srgb.decode(lab_to_srgb(np.array([lightness, *nearest])))
    return above_floor(skin[:, None], 0.0)[:, 0]


def _merged(places: Light) -> tuple[Light, NDArray[np.intp]]:
    """Picks of nearly one color are one: centers (3, m), and which of them each pick belongs to."""
    centers: list[int] = []
    groups = []
    for number, place in enumerate(places.T):
        apart = [float(np.linalg.norm(place - places[:, center])) for center in centers]
        if not apart or min(apart) > _SAME:
            groups.append(len(centers))
            centers.append(number)
        else:
            groups.append(int(np.argmin(apart)))
    return places[:, centers], np.array(groups)


def _place(light: Light) -> Light:
    """Where colors lie for each other: cube roots of what the cones see, (3, M)."""
    return np.asarray(np.cbrt(RGB_TO_CONES.astype(light.dtype) @ light))


def _distances(centers: Light, places: Light) -> Light:
    """Multiquadrics: distances that are flat near the centers, (n, M)."""
    rows = []
    for center in centers.T:
        x, y, z = places - center[:, None]
        rows.append(np.sqrt(x * x + y * y + z * z + places.dtype.type(_FLAT**2)))
    return np.stack(rows)


def _cones(light: Light) -> Light:
    return np.asarray(np.log(np.maximum(RGB_TO_CONES @ light, _LEAST)))


def _apart(light: Light, targets: Light) -> Light:
    return ciede2000(srgb_to_lab(srgb.encode(light.T)), srgb_to_lab(srgb.encode(targets.T)))
