"""From a layer to its correction: a sample of its colours, and what the network makes of it."""

import contextlib
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import network
import numpy as np
from failures import Failure
from gi.repository import Gimp
from layers import selected, whole
from pixels import Encoding, selection_weights
from reduction import Reduction
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
            self._samples[key] = yield from take_sample(layer, settings.sample_from == "selection")

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


def take_sample(layer: Gimp.Layer, from_selection: bool) -> Generator[None, None, Sample]:
    """Look at a layer, a strip at a time."""
    box = selected(layer) if from_selection else whole(layer)
    encoding, buffer = Encoding.of(layer), layer.get_buffer()
    reduction = Reduction(box.height, box.width)
    for strip in box.strips():
        pixels = encoding.read(buffer, strip)
        weights = (pixels[..., 3] > 0).astype(np.float32)
        if from_selection and (chosen := selection_weights(layer, strip)) is not None:
            weights *= chosen
        reduction.add(strip.y - box.y, _as_float(pixels, layer), weights)
        yield
    picture, weights = reduction.result()
    if not weights.any():
        raise Failure(
            _(
                "“{layer}” is fully transparent where it is sampled; there is no colour to correct."
            ).format(layer=layer.get_name())
        )
    return Sample(picture, weights)


def _as_float(pixels: np.ndarray, layer: Gimp.Layer) -> np.ndarray:
    """The colours as the network sees them: finite float32, 0 to 1 within the gamut."""
    colours = pixels[..., :3]
    if colours.dtype != np.float32:
        return colours / np.float32(np.iinfo(colours.dtype).max)
    if not np.isfinite(colours).all():
        raise Failure(
            _("“{layer}” holds values that are not numbers (NaN); paint over them first.").format(
                layer=layer.get_name()
            )
        )
    return colours.clip(0, 1)
