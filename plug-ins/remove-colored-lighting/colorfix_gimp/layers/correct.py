"""Layers in and out: where the result goes, and one step to undo."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from colorfix_core.engine.client import Held
from colorfix_core.engine.contract import Pixels
from colorfix_core.parallel import ahead
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gegl, Gimp
from colorfix_gimp.layers.boxes import Box, Place, place_of, selected
from colorfix_gimp.layers.encodings import Encoding
from colorfix_gimp.layers.memory import remember
from colorfix_gimp.layers.originals import Originals
from colorfix_gimp.layers.selection import selection_weights
from colorfix_gimp.layers.sources import follows_source, rasterize
from colorfix_gimp.layers.undo import one_step
from colorfix_gimp.translation import _

PROGRESS_SECONDS = 0.1


def correct(
    image: Gimp.Image,
    layers: Sequence[Gimp.Layer],
    corrections: Sequence[Held],
    output: str,
    new_name: str,
    before_commit: Callable[[], None] = lambda: None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Correct layers, each with its own correction, inside the selection.

    Nothing a user can see changes before every pixel is computed and `before_commit` is done;
    what then changes is one step to undo.

    Parameters
    ----------
    corrections : what the engine's "corrected" takes
    output : "replace", "new-layer" or "keep-copy"
    new_name : what a new layer is called
    settings : what results remember, where their original stays in the image
    """
    jobs = [_Job.on(layer, output, new_name) for layer in layers]
    for number, (job, correction) in enumerate(zip(jobs, corrections, strict=True)):
        for share in _now_and_then(job.prepare(correction)):
            Gimp.progress_update((number + share) / len(jobs))
    Gimp.progress_end()  # Cancel, which kills this process, is not offered from here on
    before_commit()
    # A step alone needs no group, which could stay empty.
    with one_step(image) if sum(job.steps for job in jobs) > 1 else nullcontext():
        for job in jobs:
            job.commit(settings)
        _select(image, jobs)
    for job in jobs:
        job.forget_originals()
    Gimp.displays_flush()


@dataclass
class _Job:
    """One layer's way to its result.

    Whenever this process is killed, a layer is as it was or all corrected: there is one call to
    GIMP that changes an image's own layer, and a new one is put into the image when it is ready.
    """

    layer: Gimp.Layer
    box: Box
    target: Gimp.Layer
    hidden_copy: Gimp.Layer | None
    has_hidden: bool = False  # fully transparent pixels
    originals: Originals | None = None

    @classmethod
    def on(cls, layer: Gimp.Layer, output: str, new_name: str) -> _Job:
        """Make the layers that the result needs; the image does not hold them yet."""
        box = selected(layer)
        target = _copy(layer, new_name) if output == "new-layer" else layer
        hidden = None
        if output == "keep-copy":
            hidden = _copy(layer, _("{layer} (original)").format(layer=layer.get_name()))
            hidden.set_visible(False)
        return cls(layer, box, target, hidden)

    @property
    def is_new(self) -> bool:
        """Whether the result becomes a layer of its own."""
        return self.target is not self.layer

    @property
    def steps(self) -> int:
        """How many steps to undo `commit` makes."""
        return 1 + bool(self.hidden_copy) + follows_source(self.layer)

    def prepare(self, correction: Held) -> Iterator[float]:
        """Compute the result, which the image does not show yet; yield the share that is done."""
        encoding = Encoding.of(self.target)
        source = self.layer.get_buffer()
        sink = self.target.get_buffer() if self.is_new else self.target.get_shadow_buffer()
        strips = list(self.box.strips())

        def read(strip: Box) -> tuple[Pixels, Pixels | None, Place]:
            # What is merged later, GIMP limits to the selection.
            chosen = selection_weights(self.layer, strip) if self.is_new else None
            return encoding.read(source, strip), chosen, place_of(self.layer, strip)

        def correct(part: tuple[Pixels, Pixels | None, Place]) -> Pixels:
            corrected: Pixels
            corrected, has_hidden = engine.call("corrected", correction, *part)
            self.has_hidden |= has_hidden
            return corrected

        results = ahead(correct, map(read, strips))
        for strip, corrected in zip(strips, results, strict=True):
            encoding.write(sink, strip, corrected)
            yield (strip.y + strip.height - self.box.y) / self.box.height
        sink.flush()
        self.originals = Originals.of(self.layer, self.box, self.has_hidden, not self.is_new)
        if self.is_new and self.originals:
            self.originals.put_back(self.target)

    def commit(self, settings: Mapping[str, Any] | None = None) -> None:
        """Put what was prepared where it belongs."""
        if self.is_new and settings is not None:
            remember(self.target, self.layer, settings)
        image, parent = self.layer.get_image(), self.layer.get_parent()
        position = image.get_item_position(self.layer)
        if self.is_new:
            self._insert(image, parent, position)
            return
        rasterize(self.target)
        if not self.target.merge_shadow(True):
            raise Failure(
                _("GIMP refused to change “{layer}”.").format(layer=self.layer.get_name())
            )
        if self.originals:
            self.originals.put_back(self.target)
        self.target.update(self.box.x, self.box.y, self.box.width, self.box.height)
        if self.hidden_copy:
            image.insert_layer(self.hidden_copy, parent, position + 1)
            if settings is not None:
                remember(self.target, self.hidden_copy, settings)

    def _insert(self, image: Gimp.Image, parent: Gimp.Layer | None, position: int) -> None:
        """Put the new layer in; GIMP draws what follows a source anew while it does so."""
        if not follows_source(self.layer):
            image.insert_layer(self.target, parent, position)
            return
        result = self.target.get_buffer().dup()
        image.insert_layer(self.target, parent, position)
        rasterize(self.target)
        drawn, box = self.target.get_buffer(), self.box.rectangle
        result.copy(box, Gegl.AbyssPolicy.NONE, drawn, box)
        drawn.flush()
        self.target.update(self.box.x, self.box.y, self.box.width, self.box.height)

    def forget_originals(self) -> None:
        """Have GIMP free the copy that has been compared with."""
        if self.originals and not self.is_new:
            self.originals.kept.delete()


def _select(image: Gimp.Image, jobs: Sequence[_Job]) -> None:
    """Leave the corrected layers selected, whatever was inserted beside them."""
    inserted = any(job.hidden_copy or job.is_new for job in jobs)
    if inserted and image.get_floating_sel() is None:
        image.set_selected_layers([job.target for job in jobs])


def _now_and_then(shares: Iterator[float]) -> Iterator[float]:
    """Leave out what comes sooner than anybody could see: GIMP draws its progress bar each time."""
    shown = time.monotonic()
    for share in shares:
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            yield share


def _copy(layer: Gimp.Layer, name: str) -> Gimp.Layer:
    copy = layer.copy()
    copy.set_name(name)
    copy.set_lock_content(False)
    return copy
