"""From a layer to its correction: a sample of its colours, and what the network makes of it."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import network
import numpy as np
import pixels
from failures import Failure
from gi.repository import Gimp
from layers import selected, whole
from settings import Settings
from translation import _


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
        self._asking = threading.Lock()

    def warm_up(self, settings: Settings) -> None:
        """Have the network loaded while the layer is still being read; any thread may do this."""
        with contextlib.suppress(Exception):  # `steps` meets the same error and reports it
            network.ask(device=settings.device, picture=None)

    def look(self, layer: Gimp.Layer, settings: Settings) -> Iterator[None]:
        """Take a sample of a layer, a strip at a time; only GIMP's thread may do this."""
        key = _sample_key(layer, settings)
        if key not in self._samples:
            for sample in take_sample(layer, settings.sample_from == "selection"):
                yield
            self._samples[key] = sample

    def known(self, layer: Gimp.Layer, settings: Settings) -> list | None:
        """The LUTs after each iteration, if the network was already asked for as many."""
        steps = self._steps.get(_key(layer, settings), [])
        return steps if len(steps) >= settings.iterations else None

    def steps(self, layer: Gimp.Layer, settings: Settings) -> list:
        """The LUTs after 1, 2, ... `settings.iterations` iterations.

        This takes its time. A thread may do it if `look` has come to its end before.
        """
        with self._asking:
            steps = self.known(layer, settings)
            if steps is None:
                for _strip in self.look(layer, settings):
                    pass
                sample = self._samples[_sample_key(layer, settings)]
                steps = network.ask(
                    device=settings.device,
                    picture=sample.picture,
                    weights=sample.weights,
                    iterations=settings.iterations,
                    method=settings.method,
                    size=settings.lut_size,
                )
                self._steps[_key(layer, settings)] = steps
            return steps


def _sample_key(layer: Gimp.Layer, settings: Settings) -> tuple:
    return layer.get_id(), settings.sample_from


def _key(layer: Gimp.Layer, settings: Settings) -> tuple:
    """What a prediction depends on, besides the number of iterations."""
    s = settings
    return *_sample_key(layer, s), s.method, s.device, s.lut_size


def take_sample(layer: Gimp.Layer, from_selection: bool) -> Iterator[Sample | None]:
    """Look at a layer, a strip at a time; None until the last, which is the sample."""
    box = selected(layer) if from_selection else whole(layer)
    buffer = layer.get_buffer()
    picture = np.empty((box.height, box.width, 3), np.float32)
    weights = np.empty((box.height, box.width), np.float32)
    for strip in box.strips():
        rows = slice(strip.y - box.y, strip.y - box.y + strip.height)
        colours = pixels.read(buffer, strip)
        if not np.isfinite(colours).all():
            raise Failure(
                _("“{layer}” holds values that are not numbers (NaN); paint over them first.")
                .format(layer=layer.get_name())
            )
        picture[rows] = colours[..., :3]
        weights[rows] = colours[..., 3] > 0
        if from_selection and (chosen := pixels.selection_weights(layer, strip)) is not None:
            weights[rows] *= chosen
        yield None
    if not weights.any():
        raise Failure(
            _("“{layer}” is fully transparent where it is sampled; there is no colour to correct.")
            .format(layer=layer.get_name())
        )
    yield Sample(picture, weights)
