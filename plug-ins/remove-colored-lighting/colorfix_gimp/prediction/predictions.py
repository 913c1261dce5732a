"""From a layer to its correction: a sample of its colours, and what the network makes of it."""

import contextlib
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from gi.repository import Gimp

from colorfix_core.parallel import ahead
from colorfix_core.pixels.reduction import Reduction
from colorfix_core.service import client
from colorfix_gimp.failures import Failure
from colorfix_gimp.layers.correct import selected, whole
from colorfix_gimp.layers.encodings import Box, Encoding, read_alpha, selection_weights, view_of
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.settings import Settings
from colorfix_gimp.translation import _


@dataclass(frozen=True)
class Sample:
    """What the network is shown of a layer: a small picture, and how much each pixel counts."""

    picture: np.ndarray
    weights: np.ndarray


class Predictions:
    """What the network said of each layer, so that it is asked only once."""

    def __init__(self) -> None:
        self._samples: dict = {}
        self._steps: dict = {}
        self._guesses: dict = {}
        self._asking = threading.Lock()
        self.notes: list[str] = []  # what the user should read

    def warm_up(self, settings: Settings) -> None:
        """Have the network loaded while the layer is still being read; any thread may do this."""
        with contextlib.suppress(Exception):  # `steps` meets the same error and reports it
            client.ask(device=settings.device, picture=None)

    def guess(self, layer: Gimp.Layer, settings: Settings, glance: Glance) -> None:
        """Have the network say something before the layer is read; any thread may do this."""
        with self._asking, contextlib.suppress(Exception):  # as above
            self._guesses[_key(layer, settings)], _notes = _ask(rough_sample(glance), settings)

    def guessed(self, layer: Gimp.Layer, settings: Settings) -> list | None:
        """What the network said at a glance, if it was asked for as many iterations."""
        return _enough(self._guesses.get(_key(layer, settings)), settings)

    def look(self, layer: Gimp.Layer, settings: Settings) -> Iterator[None]:
        """Take a sample of a layer, a strip at a time; only GIMP's thread may do this."""
        key = _sample_key(layer, settings)
        if key not in self._samples:
            self._samples[key] = yield from take_sample(layer, settings.sample_from == "selection")

    def known(self, layer: Gimp.Layer, settings: Settings) -> list | None:
        """The LUTs after each iteration, if the network was already asked for as many."""
        return _enough(self._steps.get(_key(layer, settings)), settings)

    def steps(self, layer: Gimp.Layer, settings: Settings) -> list:
        """The LUTs after 1, 2, ... `settings.iterations` iterations.

        This takes its time. A thread may do it if `look` has come to its end before.
        """
        with self._asking:
            steps = self.known(layer, settings)
            if steps is None:
                for _strip in self.look(layer, settings):
                    pass
                steps, notes = _ask(self._samples[_sample_key(layer, settings)], settings)
                self._steps[_key(layer, settings)] = steps
                self.notes += notes
            return steps


def _ask(sample: Sample, settings: Settings) -> tuple[list, list[str]]:
    """The LUTs after each iteration, and what the user should read."""
    return client.ask(
        device=settings.device,
        picture=sample.picture,
        weights=sample.weights,
        iterations=settings.iterations,
        method=settings.method,
        size=settings.lut_size,
    )


def _enough(steps: list | None, settings: Settings) -> list | None:
    """The steps, unless more iterations are wanted."""
    return steps if steps and len(steps) >= settings.iterations else None


def _sample_key(layer: Gimp.Layer, settings: Settings) -> tuple:
    return layer.get_id(), settings.sample_from


def _key(layer: Gimp.Layer, settings: Settings) -> tuple:
    """What a prediction depends on, besides the number of iterations."""
    s = settings
    return *_sample_key(layer, s), s.method, s.device, s.lut_size


def take_sample(layer: Gimp.Layer, from_selection: bool) -> Generator[None, None, Sample]:
    """Look at a layer, a strip at a time."""
    box = yield from _looked_at(layer, from_selection)
    encoding, buffer = Encoding.of(layer), view_of(layer.get_id())
    reduction = Reduction(box.height, box.width)

    def read(strip: Box) -> tuple[int, np.ndarray, np.ndarray | None]:
        pixels = encoding.read(buffer, strip)
        alpha = pixels[..., 3] if encoding.has_alpha else None
        return strip.y - box.y, pixels, _weights(layer, strip, alpha, from_selection)

    for _done in ahead(lambda part: reduction.add(*part), map(read, box.strips())):
        yield
    sample = Sample(*reduction.result())
    if np.isnan(sample.picture).any():
        raise Failure(
            _("“{layer}” holds values that are not numbers (NaN); paint over them first.").format(
                layer=layer.get_name()
            )
        )
    return sample


def rough_sample(glance: Glance) -> Sample:
    """What a glance shows of a layer: no more exact than GIMP's averages."""
    pixels, weights = glance.pixels, None
    if glance.encoding.has_alpha:
        visible = pixels[..., 3] > 0
        seen = _extent(visible.any(1)), _extent(visible.any(0))
        pixels, weights = pixels[seen], visible[seen].astype(np.float32)
    reduction = Reduction(*pixels.shape[:2])
    reduction.add(0, pixels, weights)
    return Sample(*reduction.result())


def _looked_at(layer: Gimp.Layer, from_selection: bool) -> Generator[None, None, Box]:
    """The smallest box that holds every pixel with a say."""
    box = selected(layer) if from_selection else whole(layer)
    if not layer.has_alpha():
        return box
    rows, columns = np.zeros(box.height, bool), np.zeros(box.width, bool)
    buffer = view_of(layer.get_id())
    for strip in box.strips():
        weights = _weights(layer, strip, read_alpha(buffer, strip), from_selection)
        counts = weights != 0 if weights is not None else np.ones((strip.height, strip.width), bool)
        top = strip.y - box.y
        rows[top : top + strip.height] = counts.any(1)
        columns |= counts.any(0)
        yield
    if not rows.any():
        raise Failure(
            _(
                "“{layer}” is fully transparent where it is sampled; there is no colour to correct."
            ).format(layer=layer.get_name())
        )
    down, across = _extent(rows), _extent(columns)
    return Box(
        box.x + across.start,
        box.y + down.start,
        across.stop - across.start,
        down.stop - down.start,
    )


def _extent(hits: np.ndarray) -> slice:
    """From the first hit to the last."""
    first, last = np.flatnonzero(hits)[[0, -1]]
    return slice(int(first), int(last) + 1)


def _weights(
    layer: Gimp.Layer, box: Box, alpha: np.ndarray | None, from_selection: bool
) -> np.ndarray | None:
    """How much the prediction looks at each pixel: selected ones, unless fully transparent.

    None means that every pixel counts.
    """
    chosen = selection_weights(layer, box) if from_selection else None
    if alpha is None:
        return chosen
    visible = alpha > 0
    if chosen is None:
        return None if visible.all() else visible.astype(np.float32)
    return chosen * visible
