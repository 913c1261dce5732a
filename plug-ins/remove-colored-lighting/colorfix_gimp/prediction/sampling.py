"""From a layer to the thumbnail that the network is shown; only GIMP's thread may do this."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from colorfix_core.engine.client import HeldLost
from colorfix_core.engine.contract import Pixels
from colorfix_core.parallel import ahead
from colorfix_core.service.requests import Question
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers.boxes import Box, around, selected, whole
from colorfix_gimp.layers.encodings import Encoding, read_alpha, view_of
from colorfix_gimp.layers.glance import Glance
from colorfix_gimp.layers.selection import selection_weights
from colorfix_gimp.translation import _


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """What the network is shown: see `colorfix_core.pixels.thumbnail.Thumbnail`.

    `counts` tells whether any pixel has a weight, `window` which part of the layer is shown: top,
    left, bottom, right as shares of its sides.
    """

    picture: Pixels
    weights: Pixels
    damaged: int
    counts: bool
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


class Sampler:
    """Looks at layers, at each only once. It belongs to GIMP's thread."""

    def __init__(self) -> None:
        self._thumbnails: dict[tuple[int, str], Thumbnail] = {}

    def known(self, question: Question) -> Thumbnail | None:
        """What a question is about, if the layer was looked at."""
        return self._thumbnails.get((question.layer, question.sample))

    def forget(self) -> None:
        """Look again from now on: layers have changed."""
        self._thumbnails.clear()
        view_of.cache_clear()

    def look(self, layer: Gimp.Layer, question: Question) -> Generator[None, None, Thumbnail]:
        """Look at what a question is about, a strip at a time."""
        key = question.layer, question.sample
        if key not in self._thumbnails:
            from_selection = question.sample == "selection"
            try:
                seen = yield from thumbnail_of(layer, from_selection)
            except HeldLost:  # the engine was replaced meanwhile
                seen = yield from thumbnail_of(layer, from_selection)
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
    builder = engine.call("thumbnail_builder", box.height, box.width)

    def read(strip: Box) -> tuple[int, Pixels, Pixels | None]:
        chosen = selection_weights(layer, strip) if from_selection else None
        return strip.y - box.y, encoding.read(buffer, strip), chosen

    def add(part: tuple[int, Pixels, Pixels | None]) -> None:
        engine.call("add_strip", builder, *part)

    for _done in ahead(add, map(read, box.strips())):
        yield
    seen = Thumbnail(**engine.call("finished", builder), window=_window(layer, box))
    if seen.damaged and not seen.counts:
        raise Failure(
            _("“{layer}” holds values that are not numbers (NaN); paint over them first.").format(
                layer=layer.get_name()
            )
        )
    return seen


def colors_of(layer: Gimp.Layer) -> Pixels:
    """A small picture of what is selected of a layer, whose colors count; raises as `thumbnail_of`.

    Where nothing can be seen it is gray, or whatever lies there.
    """
    looking = thumbnail_of(layer, True)
    while True:
        try:
            next(looking)
        except StopIteration as end:
            seen: Thumbnail = end.value
            return seen.picture


def rough_thumbnail(glance: Glance) -> Thumbnail:
    """What a glance shows of a layer: no more exact than GIMP's averages; any thread may ask."""
    return Thumbnail(**engine.call("rough_thumbnail", glance.pixels))


def _window(layer: Gimp.Layer, box: Box) -> tuple[float, float, float, float]:
    width, height = layer.get_width(), layer.get_height()
    bottom, right = box.y + box.height, box.x + box.width
    return box.y / height, box.x / width, bottom / height, right / width


def _looked_at(layer: Gimp.Layer, from_selection: bool) -> Generator[None, None, Box]:
    """The smallest box that holds every pixel with a say."""
    box = selected(layer) if from_selection else whole(layer)
    if not layer.has_alpha():
        return box
    buffer, found = view_of(layer.get_id()), []
    for strip in box.strips():
        chosen = selection_weights(layer, strip) if from_selection else None
        counted = engine.call("counted_box", read_alpha(buffer, strip), chosen)
        if counted is not None:
            (top, bottom), (left, right) = counted
            found.append(Box(strip.x + left, strip.y + top, right - left, bottom - top))
        yield
    if not found:
        raise Failure(
            _(
                "“{layer}” is fully transparent where it is sampled; there is no color to correct."
            ).format(layer=layer.get_name())
        )
    return around(found)
