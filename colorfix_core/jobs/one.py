"""One picture: read, correct, write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from colorfix_core.adjustments import adjusted
from colorfix_core.errors import ImageError
from colorfix_core.fixer import ColorFixer
from colorfix_core.luts.lut import Lut3D
from colorfix_core.pictures import store
from colorfix_core.pictures.picture import Picture


@dataclass(frozen=True)
class Wish:
    """How pictures are to be corrected; see `ColorFixer.predict` and `adjusted`."""

    strength: float = 1.0
    keep_brightness: bool = False
    iterations: int = 1
    thoroughness: float = 0.5
    method: str = "lut"
    size: int = 33


def fix(
    fixer: ColorFixer, wish: Wish, source: Path, target: Path, lut_file: Path | None = None
) -> None:
    """Correct a picture by what is seen in it.

    Raises
    ------
    ImageError, LutFileError : a file cannot be read or written; `target` is as it was
    """
    store.format_of(target)
    picture = read_visible(source)
    lut = predict(fixer, picture, wish)
    corrected = picture.corrected(lut)
    # The LUT goes first: if there is no room for it, no picture has changed.
    if lut_file:
        lut.save(lut_file)
    store.write(corrected, target)


def apply(lut: Lut3D, source: Path, target: Path) -> None:
    """Pass a picture through a LUT; raises as `fix` does."""
    store.format_of(target)
    store.write(store.read(source).corrected(lut), target)


def predict(fixer: ColorFixer, picture: Picture, wish: Wish) -> Lut3D:
    """The correction of a picture, as wished."""
    predicted = fixer.predict(
        picture.srgb(),
        iterations=wish.iterations,
        thoroughness=wish.thoroughness,
        method=wish.method,
        mask=picture.weights,
        size=wish.size,
    )
    return adjusted(predicted, wish.strength, wish.keep_brightness)


def read_visible(source: Path) -> Picture:
    """A picture in which there is something to be seen; ImageError if there is not."""
    picture = store.read(source)
    if picture.weights is not None and not picture.weights.any():
        raise ImageError(f"{source} is fully transparent: there is no colour to correct")
    return picture
