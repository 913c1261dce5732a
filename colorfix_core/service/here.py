"""The work itself, in this process: load networks once a device, and answer requests."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from colorfix_core.messages import listening
from colorfix_core.service.requests import Answer, Load, Question, Request

if TYPE_CHECKING:  # importing torch takes seconds
    from colorfix_core.fixer import ColorFixer
    from colorfix_core.pixels.thumbnail import Thumbnail

_loading = threading.Lock()


def answer(request: Request) -> Answer:
    """Do what is asked; any thread may call this, and the networks are loaded only once.

    Raises
    ------
    ColorFixError : as `ColorFixer.load` and `ColorFixer.predict_steps` do
    """
    with listening() as told:
        with _loading:
            fixer = _fixer(request.device)
        if isinstance(request, Load):
            return Answer(notes=tuple(told))
        found = _WAYS[request.question.wanted](fixer, request.question, request.thumbnail)
    return replace(found, notes=tuple(dict.fromkeys((*told, *found.notes))))


def _one(fixer: ColorFixer, question: Question, seen: Thumbnail) -> Answer:
    prediction = fixer.predict_steps(
        seen.picture,
        iterations=question.iterations,
        method=question.method,
        mask=seen.weights,
        size=question.size,
        thoroughness=question.thoroughness,
    )
    return Answer(prediction.luts, notes=prediction.notes)


def _candidates(fixer: ColorFixer, question: Question, seen: Thumbnail) -> Answer:
    found = fixer.predict_candidates(
        seen.picture, seen.weights, question.size, question.thoroughness
    )
    return Answer(tuple(c.lut for c in found), origins=tuple(c.origin for c in found))


def _lights(fixer: ColorFixer, question: Question, seen: Thumbnail) -> Answer:
    found = fixer.predict_local(seen.picture, seen.weights, question.size, question.thoroughness)
    return Answer(found.luts, masks=found.masks)


_WAYS = {"one": _one, "candidates": _candidates, "lights": _lights}


def load_modules() -> None:
    """Import what every request needs; one that comes meanwhile waits for it."""
    # A request meets the same error and reports it.
    with _loading, contextlib.suppress(Exception):
        from colorfix_core import fixer  # noqa: F401
        from colorfix_core.networks import loaded, predictor, vae  # noqa: F401


@cache
def _fixer(device: str) -> ColorFixer:
    """The networks on a device."""
    from colorfix_core.fixer import ColorFixer

    return ColorFixer.load(device=device)
