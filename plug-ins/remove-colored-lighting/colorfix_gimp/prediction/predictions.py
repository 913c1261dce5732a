"""What the network says of layers, asked only once for each question.

A `Sampler` yields thumbnails in GIMP's thread; an `Asker` sends them from any thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TypeVar

from colorfix_core.engine.contract import Pixels
from colorfix_core.service.requests import Answer, Question
from colorfix_gimp import engine
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.prediction.corrections import Correction, finish
from colorfix_gimp.prediction.picks import known_colors
from colorfix_gimp.prediction.sampling import Sampler, Thumbnail
from colorfix_gimp.settings import BALANCED, UNTOUCHED, Settings

Result = TypeVar("Result")


def question_of(layer: Gimp.Layer, settings: Settings, revision: int = 0) -> Question:
    """What the network has to be asked for a layer, whose looks `revision` tells apart."""
    question = Question(
        layer=layer.get_id(),
        sample=settings.sample_from,
        method=settings.method,
        device=settings.device,
        size=settings.lut_size,
        iterations=settings.iterations,
        thoroughness=settings.thoroughness / 100,
        revision=revision,
    )
    if settings.lights == "several":
        return replace(question, method="lut", iterations=1, wanted="lights")
    if settings.candidate == 1:
        return question
    if settings.candidate == BALANCED:
        return replace(question, method="balancer", iterations=1)
    return replace(question, method="lut", iterations=1, wanted="candidates")


class Asker:
    """Asks the network, one question at a time, and remembers its answers; for any thread."""

    def __init__(self) -> None:
        self._answers: dict[Question, Answer] = {}
        self._asking = threading.Lock()

    def known(self, question: Question) -> Answer | None:
        """The answer, if the network was already asked for as many iterations; at once."""
        answer = self._answers.get(question)
        return answer if answer and len(answer.luts) >= question.iterations else None

    def ask(self, question: Question, thumbnail: Thumbnail) -> Answer:
        """The answer to what a layer looks like; this takes its time.

        Raises
        ------
        ColorFixError, ImportError, MemoryError, RuntimeError : what the work has raised
        """
        with self._asking:
            known = self.known(question)
            if known and not known.rough:
                return known
            answer = _answer(question, thumbnail)
            if known:
                answer = replace(answer, notes=(*known.notes, *answer.notes))
            self._answers[question] = answer
            return answer

    def guess(self, question: Question, make_thumbnail: Callable[[], Thumbnail]) -> None:
        """Have a rough answer known before the layer is read; errors are met by who asks."""
        with self._asking, contextlib.suppress(Exception):
            answer = _answer(question, make_thumbnail())
            self._answers[question] = replace(answer, rough=True)

    def warm_up(self, device: str) -> None:
        """Have the network loaded while the layer is read; errors are met by who asks."""
        with contextlib.suppress(Exception):
            engine.call("ready", device)


def _answer(question: Question, thumbnail: Thumbnail) -> Answer:
    """Its LUTs are what the engine holds of them."""
    found = engine.call("predicted", vars(question), thumbnail.picture, thumbnail.weights)
    luts, notes, origins, masks = (
        tuple(found[name]) for name in ("luts", "notes", "origins", "masks")
    )
    return Answer(luts, False, notes, origins, masks)


def untouched(size: int) -> Answer:
    """What there is without the network."""
    return Answer((engine.call("untouched", size),))


@dataclass
class Predictions:
    """Both halves of one run, so that a dialog leaves what it has learned to the filter.

    `revision` grows when the layers have changed.
    """

    sampler: Sampler
    asker: Asker
    revision: int = 0

    @classmethod
    def of(cls) -> Predictions:
        """With nothing known yet."""
        return cls(Sampler(), Asker())

    def forget(self) -> None:
        """The layers have changed: what is known of them holds no longer."""
        self.revision += 1
        self.sampler.forget()

    def question(self, layer: Gimp.Layer, settings: Settings) -> Question:
        """What the network has to be asked for a layer as it looks now."""
        return question_of(layer, settings, self.revision)

    def known(self, layer: Gimp.Layer, settings: Settings) -> Answer | None:
        """The answer that settings mean, if the network was asked, or need not be."""
        if settings.candidate == UNTOUCHED and settings.lights == "one":
            return untouched(settings.lut_size)
        return self.asker.known(self.question(layer, settings))

    def colors(self, layer: Gimp.Layer, settings: Settings) -> Pixels:
        """A small picture of a layer, which is read if need be: for GIMP's thread."""
        seen: Pixels = run_through(self.sampler.look(layer, self.question(layer, settings))).picture
        return seen

    def correction(self, layer: Gimp.Layer, settings: Settings) -> tuple[Correction, Answer]:
        """What is done to a layer, which is read if need be: for GIMP's thread."""
        question = self.question(layer, settings)
        seen = run_through(self.sampler.look(layer, question))
        answer = self.known(layer, settings)
        if answer is None or answer.rough:
            answer = self.asker.ask(question, seen)
        return finish(settings, answer, seen, known_colors(layer, settings)), answer


def run_through(steps: Generator[None, None, Result]) -> Result:
    """Take all steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
