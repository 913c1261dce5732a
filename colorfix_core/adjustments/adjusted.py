"""The user's last word on a correction, folded into its LUT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from colorfix_core import __version__
from colorfix_core.adjustments.lattice_places import Places
from colorfix_core.adjustments.light import Floats, floor_of, light_of, plain, with_light
from colorfix_core.adjustments.picks import Pick, picked
from colorfix_core.adjustments.strength import strengthened
from colorfix_core.adjustments.trims import Trims, contrasted, levels, trimmed
from colorfix_core.luts.lut import Lut3D
from colorfix_core.pixels.thumbnail import Thumbnail

# One in so many rows and columns of a thumbnail says where black and white are.
_SPARSE = 3


@dataclass(frozen=True)
class Adjustments:
    """What the user has turned; as it is made it changes nothing.

    Attributes
    ----------
    strength : 0, nothing, to 1, all of the correction, to 2; see `strengthened`
    keep_brightness : correct colors and keep the luminance of each
    picks : colors that are known to be neutral, or skin
    film_contrast : give faded film its contrast back
    """

    strength: float = 1.0
    keep_brightness: bool = False
    picks: tuple[Pick, ...] = ()
    film_contrast: bool = False
    trims: Trims = field(default_factory=Trims)


def adjusted(lut: Lut3D, wish: Adjustments, picture: Thumbnail | None = None) -> Lut3D:
    """The LUT to apply; `adjusted_alike` for one."""
    return adjusted_alike([lut], wish, picture)[0]


def adjusted_alike(
    luts: Sequence[Lut3D], wish: Adjustments, picture: Thumbnail | None = None
) -> list[Lut3D]:
    """The LUTs to apply, one for each light of a picture.

    Parameters
    ----------
    luts : the whole corrections
    picture : what they correct; needed for the contrast of film alone, which is one for all

    Raises
    ------
    ValueError : something is out of its range, or the picture is missing
    """
    if wish.film_contrast and picture is None:
        raise ValueError("the contrast of film follows from a picture")
    luts = [strengthened(lut, wish.strength) for lut in luts]
    if wish.keep_brightness:
        luts = [lut.keep_luminance() for lut in luts]
    if not (wish.picks or wish.film_contrast or wish.trims != Trims()):
        return luts
    luts = [plain(lut) for lut in luts]
    lights = [_known(lut, wish) for lut in luts]
    if wish.film_contrast and picture is not None:
        found = [_levels(lut, light, picture) for lut, light in zip(luts, lights, strict=True)]
        low, high = min(low for low, _ in found), max(high for _, high in found)
        lights = [
            contrasted(light, low, high, floor_of(lut))
            for lut, light in zip(luts, lights, strict=True)
        ]
    return [
        with_light(lut, trimmed(light, wish.trims, floor_of(lut)))
        for lut, light in zip(luts, lights, strict=True)
    ]


def _known(lut: Lut3D, wish: Adjustments) -> Floats:
    """A LUT's outputs where picks are as they should be."""
    return np.asarray(picked(lut, light_of(lut), wish.picks, floor_of(lut)), np.float32)


def _levels(lut: Lut3D, light: Floats, picture: Thumbnail) -> tuple[float, float]:
    colors = picture.picture[::_SPARSE, ::_SPARSE]
    weights = picture.weights[::_SPARSE, ::_SPARSE]
    seen = colors[weights > 0.5 * weights.max(initial=0)]
    return levels(Places.of(lut, seen).mix(light)) if len(seen) else (0.0, 1.0)


def described(lut: Lut3D, title: str, settings: Mapping[str, object]) -> Lut3D:
    """The LUT with a title, and comments for who finds its file years later.

    Parameters
    ----------
    title : what it was made from
    settings : names and values of what was chosen; none for a LUT that was painted
    """
    encoding = "Input and output: R'G'B' encoded as sRGB (IEC 61966-2-1), full range"
    if lut.mirrored:
        encoding += ", unbounded; the table reaches beyond sRGB's gamut"
    chosen = ", ".join(f"{name} {value}" for name, value in settings.items())
    made = f"Made by colorfix {__version__}" + (f": {chosen}" if chosen else "")
    return replace(lut, title=title, comments=(made, encoding))
