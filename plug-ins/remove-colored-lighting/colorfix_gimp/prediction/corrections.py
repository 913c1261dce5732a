"""From what the network says, and what the user has turned, to what is done to a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from colorfix_core.engine.client import Held
from colorfix_core.service.requests import Answer
from colorfix_gimp import engine
from colorfix_gimp.prediction.sampling import Thumbnail
from colorfix_gimp.settings import BALANCED, UNTOUCHED, Known, Settings


@dataclass(frozen=True)
class Correction:
    """What is done to one layer.

    Attributes
    ----------
    luts : one for each light
    whole : all of it, which the engine's operations take
    """

    luts: tuple[Held, ...]
    whole: Held


def chosen_luts(settings: Settings, answer: Answer) -> tuple[Held, ...]:
    """The LUTs of an answer that the settings mean, before anything is turned."""
    if settings.lights == "several":
        return answer.luts
    if settings.candidate in (BALANCED, UNTOUCHED):
        return answer.luts[:1]
    if settings.candidate > 1:  # where there are fewer, the likeliest one counts
        place = settings.candidate - 1
        return answer.luts[place : place + 1] or answer.luts[:1]
    return (answer.luts[settings.iterations - 1],)


def finish(
    settings: Settings, answer: Answer, seen: Thumbnail | None, known: Sequence[Known]
) -> Correction:
    """The correction to apply.

    Parameters
    ----------
    seen : what the answer was given to; None where it is not known yet, and film keeps its contrast
    known : the colors of the picks
    """
    wish = settings.wish(known)
    if seen is None:
        wish["film_contrast"] = False
    small = (seen.picture, seen.weights) if seen is not None and settings.film_contrast else ()
    luts = tuple(engine.call("adjusted", chosen_luts(settings, answer), wish, *small))
    if len(luts) == 1 or seen is None:
        return Correction(luts[:1], luts[0])
    return Correction(luts, engine.call("in_places", luts, answer.masks, seen.window))
