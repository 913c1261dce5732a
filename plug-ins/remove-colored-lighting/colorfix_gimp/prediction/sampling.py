"""From a layer to the thumbnail that the network is shown; only GIMP's thread may do this."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from colorfix_core.parallel import ahead
from colorfix_core.pixels.depths import Array
from colorfix_core.pixels.thumbnail import Thumbnail, ThumbnailBuilder
from colorfix_core.pixels.weights import Bounds, counting, extent
from colorfix_core.service.requests import Question
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers.boxes import Box, selected, whole
from colorfix_gimp.layers.encodings import Encoding, read_alpha, view_of
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.layers.selection import selection_weights
from colorfix_gimp.translation import _


class Sampler:
    """Looks at layers, at each only once. It belongs to GIMP's thread."""

    def __init__(self) -> None:
        self._thumbnails: dict[tuple[int, str], Thumbnail] = {}

    def look(self, layer: Gimp.Layer, question: Question) -> Generator[None, None, Thumbnail]:
        """Look at what a question is about, a strip at a time."""
        key = question.layer, question.sample
        if key not in self._thumbnails:
            seen = yield from thumbnail_of(layer, question.sample == "selection")
            self._thumbnails[key] = seen
        return self._thumbnails[key]

    def remark(self, layer: Gimp.Layer) -> str:
        """What is to be said of a layer that was looked at; empty if nothing is."""
        seen = [s for (number, _sample), s in self._thumbnails.items() if number == layer.get_id()]
        damaged = max((thumbnail.damaged for thumbnail in seen), default=0)
        if not damaged:
            return ""
        return _(
            "Pixels of “{layer}” that are not numbers (NaN) stay as they are: {count}."
        ).format(layer=layer.get_name(), count=damaged)


def thumbnail_of(layer: Gimp.Layer, from_selection: bool) -> Generator[None, None, Thumbnail]:
    """Look at a layer, a strip at a time.

    Raises
    ------
    Failure
        If no pixel of it counts, or none that counts is a number.
    """
    box = yield from _looked_at(layer, from_selection)
    encoding, buffer = Encoding.of(layer), view_of(layer.get_id())
    builder = ThumbnailBuilder(box.height, box.width)

    def read(strip: Box) -> tuple[int, Array, Array | None]:
        pixels = encoding.read(buffer, strip)
        alpha = pixels[..., 3] if encoding.has_alpha else None
        return strip.y - box.y, pixels, _weights(layer, strip, alpha, from_selection)

    for _done in ahead(lambda part: builder.add(*part), map(read, box.strips())):
        yield
    seen = builder.result()
    if seen.damaged and not seen.weights.any():
        raise Failure(
            _("“{layer}” holds values that are not numbers (NaN); paint over them first.").format(
                layer=layer.get_name()
            )
        )
    return seen


def rough_thumbnail(glance: Glance) -> Thumbnail:
    """What a glance shows of a layer: no more exact than GIMP's averages; any thread may ask."""
    pixels, weights = glance.pixels, None
    if glance.encoding.has_alpha:
        visible: NDArray[np.bool_] = pixels[..., 3] > 0
        seen = extent(np.any(visible, 1)), extent(np.any(visible, 0))
        pixels, weights = pixels[seen], visible[seen].astype(np.float32)
    builder = ThumbnailBuilder(*pixels.shape[:2])
    builder.add(0, pixels, weights)
    return builder.result()


def _looked_at(layer: Gimp.Layer, from_selection: bool) -> Generator[None, None, Box]:
    """The smallest box that holds every pixel with a say."""
    box = selected(layer) if from_selection else whole(layer)
    if not layer.has_alpha():
        return box
    bounds, buffer = Bounds(box.height, box.width), view_of(layer.get_id())
    for strip in box.strips():
        weights = _weights(layer, strip, read_alpha(buffer, strip), from_selection)
        bounds.add(strip.y - box.y, strip.height, weights)
        yield
    found = bounds.box()
    if found is None:
        raise Failure(
            _(
                "“{layer}” is fully transparent where it is sampled; there is no color to correct."
            ).format(layer=layer.get_name())
        )
    return box.inner(*found)


def _weights(
    layer: Gimp.Layer, box: Box, alpha: Array | None, from_selection: bool
) -> Array | None:
    """How much the prediction looks at each pixel; None means that every pixel counts."""
    return counting(selection_weights(layer, box) if from_selection else None, alpha)
