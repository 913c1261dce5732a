"""Where the user has picked a color: places as they are typed, and as settings keep them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A square around a pixel.

    Attributes
    ----------
    x, y : of the pixel in the middle, from the upper left corner
    radius : pixels on each side of it; None: as many as suit the picture
    """

    x: int
    y: int
    radius: int | None = None

    def __str__(self) -> str:
        numbers = (self.x, self.y) if self.radius is None else (self.x, self.y, self.radius)
        return ",".join(map(str, numbers))


def parse(text: str) -> Place:
    """A place from "X,Y" or "X,Y,R"; ValueError if it is none."""
    numbers = [int(part) for part in text.split(",")]
    if len(numbers) not in (2, 3) or min(numbers) < 0:
        raise ValueError(f"a place is X,Y or X,Y,R, not {text!r}")
    return Place(*numbers)


def parse_all(text: str) -> tuple[Place, ...]:
    """Places with semicolons between them; ValueError if there is something else."""
    return tuple(parse(part) for part in text.split(";") if part.strip())


def written(places: Sequence[Place]) -> str:
    """What `parse_all` reads."""
    return "; ".join(map(str, places))
