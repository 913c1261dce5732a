"""One picture: read, correct, write."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from colorfix_core.adjustments.adjusted import Adjustments, adjusted_alike, described
from colorfix_core.adjustments.picks import Pick
from colorfix_core.adjustments.places import Place
from colorfix_core.adjustments.trims import Trims
from colorfix_core.errors import ImageError
from colorfix_core.fixer import ColorFixer
from colorfix_core.jobs import local
from colorfix_core.luts.lut import Lut3D
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pictures import store
from colorfix_core.pictures.picture import Correction, Picture
from colorfix_core.pixels.areas import average
from colorfix_core.pixels.thumbnail import SIDE, Thumbnail, thumbnail


@dataclass(frozen=True)
class Wish:
    """How pictures are to be corrected; see `ColorFixer.predict` and `Adjustments`.

    `lights` is "one", or "several" for `ColorFixer.predict_local`, which takes no iterations and
    has no other method. `picks` are kinds, "neutral" or "skin", and places.
    """

    strength: float = 1.0
    keep_brightness: bool = False
    iterations: int = 1
    thoroughness: float = 0.5
    method: str = "lut"
    size: int = 33
    lights: str = "one"
    picks: tuple[tuple[str, Place], ...] = ()
    film_contrast: bool = False
    temperature: float = 0.0
    tint: float = 0.0
    exposure: float = 0.0
    saturation: float = 0.0

    def chosen(self) -> dict[str, object]:
        """What was said, by name: all that differs from what is usual, and how it was predicted."""
        always = ("strength", "keep_brightness", "iterations", "thoroughness", "method", "size")
        usual = Wish()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        picks = [f"{kind} {place}" for kind, place in values.pop("picks")]
        return {
            name: value
            for name, value in {**values, "picks": "; ".join(picks)}.items()
            if name in always or value not in (getattr(usual, name), "")
        }


def fix(
    fixer: ColorFixer, wish: Wish, source: Path, target: Path, lut_file: Path | None = None
) -> None:
    """Correct a picture by what is seen in it.

    Raises
    ------
    ImageError, LutFileError : a file cannot be read or written; `target` is as it was
    """
    _refuse_absent(source)
    store.format_of(target)
    picture = read_visible(source)
    correction = predict(fixer, picture, wish)
    corrected = picture.corrected(correction)
    # The LUT goes first: if there is no room for it, no picture has changed.
    if lut_file:
        local.save(correction, lut_file, picture)
    store.write(corrected, target)


def apply(lut: Correction, source: Path, target: Path) -> None:
    """Pass a picture through a LUT; raises as `fix` does."""
    _refuse_absent(source)
    store.format_of(target)
    store.write(store.read(source).corrected(lut), target)


def predict(fixer: ColorFixer, picture: Picture, wish: Wish) -> MaskedLuts:
    """The correction of a picture, as wished."""
    if wish.lights == "one":
        return MaskedLuts((predict_lut(fixer, picture, wish),))
    found = fixer.predict_local(
        picture.srgb(), picture.weights, size=wish.size, thoroughness=wish.thoroughness
    )
    return MaskedLuts(tuple(_finished(found.luts, picture, wish)), found.masks)


def predict_lut(fixer: ColorFixer, picture: Picture, wish: Wish) -> Lut3D:
    """One LUT for the whole picture."""
    predicted = fixer.predict(
        picture.srgb(),
        iterations=wish.iterations,
        thoroughness=wish.thoroughness,
        method=wish.method,
        mask=picture.weights,
        size=wish.size,
    )
    (lut,) = _finished([predicted], picture, wish)
    name = picture.origin.name if picture.origin else ""
    return described(lut, f"Light of {name}" if name else "Light", wish.chosen())


def _finished(luts: Sequence[Lut3D], picture: Picture, wish: Wish) -> list[Lut3D]:
    """LUTs that hold the user's last word."""
    trims = Trims(wish.temperature, wish.tint, wish.exposure, wish.saturation)
    picks = tuple(_pick(kind, place, picture) for kind, place in wish.picks)
    adjustments = Adjustments(wish.strength, wish.keep_brightness, picks, wish.film_contrast, trims)
    small = _thumbnail(picture) if wish.film_contrast else None
    return adjusted_alike(luts, adjustments, small)


def _pick(kind: str, place: Place, picture: Picture) -> Pick:
    color = average(picture.srgb(), place.x, place.y, place.radius, picture.weights)
    if color is None:
        raise ImageError(
            f"{picture.origin or 'The picture'} shows nothing at {place}; "
            "name a pixel inside the picture, counted from its upper left corner"
        )
    return Pick(kind, color)


def _thumbnail(picture: Picture) -> Thumbnail:
    weights = picture.weights
    shares = np.ones((SIDE, SIDE), np.float32)
    if weights is not None:
        shares = thumbnail(np.repeat(weights[..., None], 3, -1).astype(np.float32))[..., 0]
    return Thumbnail(thumbnail(picture.srgb()), shares)


def read_visible(source: Path) -> Picture:
    """A picture in which there is something to be seen; ImageError if there is not."""
    _refuse_absent(source)
    picture = store.read(source)
    if picture.weights is not None and not picture.weights.any():
        raise ImageError(f"{source} is fully transparent: there is no colour to correct")
    return picture


def _refuse_absent(source: Path) -> None:
    """Blame what was asked for, before anything else is looked at."""
    if os.path.isfile(source):
        return
    if os.path.isdir(source):
        raise ImageError(f"{source} is a folder; name the pictures in it, such as {source}/*.jpg")
    if os.path.exists(source):
        raise ImageError(f"{source} cannot be read: it is no ordinary file")
    if os.path.lexists(source):
        where = "in a circle" if os.path.islink(os.path.realpath(source)) else "nowhere"
        raise ImageError(f"{source} cannot be read: it is a link that leads {where}")
    if any(sign in str(source) for sign in "*?["):
        raise ImageError(f"{source} cannot be read: no such file, the pattern has met nothing")
    _refuse_hidden(source)
    raise ImageError(f"{source} cannot be read: no such file")


def _refuse_hidden(source: Path) -> None:
    """What lies in a folder that may not be entered is not known to be absent."""
    try:
        source.stat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ImageError(f"{source} cannot be read: {error.strerror}") from error
