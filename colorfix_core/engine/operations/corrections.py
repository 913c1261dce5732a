"""LUTs: predicted, loaded, adjusted, saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from colorfix_core import adjustments
from colorfix_core.luts.lut import Lut3D
from colorfix_core.pixels.depths import Array
from colorfix_core.pixels.thumbnail import Thumbnail
from colorfix_core.service.requests import Answer, Load, Predict, Question, Request


def asking(ask: Callable[[Request], Answer]) -> dict[str, Callable[..., Any]]:
    """The operations that need the networks.

    `ready` has them loaded on a device; `predicted` answers a question, see there.
    """

    def ready(device: str) -> list[str]:
        return list(ask(Load(device)).notes)

    def predicted(question: Mapping[str, Any], picture: Array, weights: Array) -> dict[str, Any]:
        # Where the request is answered in this process, it may outlive the operation's arrays.
        seen = Thumbnail(picture.copy(), weights.copy())
        answer = ask(Predict(Question(**question), seen))
        return {"luts": answer.luts, "notes": answer.notes}

    return {"ready": ready, "predicted": predicted}


def lut_in_file(path: str) -> Lut3D:
    """The LUT in a file; LutFileError if it holds none."""
    return Lut3D.load(path)


def adjusted(lut: Lut3D, strength: float, keep_brightness: bool) -> Lut3D:
    """See `colorfix_core.adjustments`."""
    return adjustments.adjusted(lut, strength, keep_brightness)


def faded(lut: Lut3D, strength: float) -> Lut3D:
    """See `Lut3D.blend`."""
    return lut.blend(strength)


def described(lut: Lut3D, title: str, settings: Mapping[str, object]) -> Lut3D:
    """See `colorfix_core.adjustments`."""
    return adjustments.described(lut, title, settings)


def errors_of_sizes(lut: Lut3D, sizes: Iterable[int]) -> list[float]:
    """By how many levels of 255 a LUT would be off in each of some sizes."""
    return [lut.error_of(points) for points in sizes]


def saved(lut: Lut3D, path: str, points: int | None) -> None:
    """Write a LUT, resampled to so many points if they are given; LutFileError if that fails."""
    (lut if points is None else lut.finer(points)).save(path)
