"""What the network says of layers, asked only once for each question.

A `Sampler` yields thumbnails in GIMP's thread; an `Asker` sends them from any thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from colorfix_core.engine.contract import Pixels
from colorfix_core.service.requests import Answer, Question
from colorfix_gimp import engine
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.prediction.sampling import Sampler, Thumbnail
from colorfix_gimp.settings import Settings


def question_of(layer: Gimp.Layer, settings: Settings) -> Question:
    """What the network has to be asked for a layer."""
    return Question(
        layer=layer.get_id(),
        sample=settings.sample_from,
        method=settings.method,
        device=settings.device,
        size=settings.lut_size,
        iterations=settings.iterations,
    )


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
    return Answer(tuple(found["luts"]), notes=tuple(found["notes"]))


@dataclass(frozen=True)
class Predictions:
    """Both halves of one run, so that a dialog leaves what it has learned to the filter."""

    sampler: Sampler
    asker: Asker

    @classmethod
    def of(cls) -> Predictions:
        """With nothing known yet."""
        return cls(Sampler(), Asker())

    def colors(self, layer: Gimp.Layer, settings: Settings) -> Pixels:
        """A small picture of a layer, which is read if need be: for GIMP's thread."""
        looking = self.sampler.look(layer, question_of(layer, settings))
        while True:
            try:
                next(looking)
            except StopIteration as end:
                return end.value.picture

    def answer(self, layer: Gimp.Layer, settings: Settings) -> Answer:
        """What the network says of a layer, which is read if need be: for GIMP's thread."""
        question = question_of(layer, settings)
        known = self.asker.known(question)
        if known and not known.rough:
            return known
        looking = self.sampler.look(layer, question)
        while True:
            try:
                next(looking)
            except StopIteration as end:
                return self.asker.ask(question, end.value)
