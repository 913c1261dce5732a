"""Layers in and out: where the result goes, and one step to undo."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from colorfix_core.parallel import ahead
from colorfix_core.pixels.depths import Array
from colorfix_core.pixels.exact import Correction, correct_visible
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers.boxes import Box, selected
from colorfix_gimp.layers.encodings import Encoding
from colorfix_gimp.layers.originals import Originals
from colorfix_gimp.layers.sources import rasterize
from colorfix_gimp.translation import _

PROGRESS_SECONDS = 0.1


def correct(
    image: Gimp.Image,
    layers: Sequence[Gimp.Layer],
    corrections: Sequence[Correction],
    output: str,
    new_name: str,
    before_commit: Callable[[], None] = lambda: None,
) -> None:
    """Correct layers, each with its own function, inside the selection.

    Nothing a user can see changes before every pixel is computed and `before_commit` is done;
    what then changes is one step to undo.

    Parameters
    ----------
    corrections : functions from and to (height, width, 3 or 4) sRGB-encoded pixels, integer or
        float
    output : "replace", "new-layer" or "keep-copy"
    new_name : what a new layer is called
    """
    jobs = [_Job.on(layer, output, new_name) for layer in layers]
    for number, (job, correction) in enumerate(zip(jobs, corrections, strict=True)):
        for share in _now_and_then(job.prepare(correction)):
            Gimp.progress_update((number + share) / len(jobs))
    before_commit()
    image.undo_group_start()
    try:
        for job in jobs:
            job.commit()
        _select(image, jobs)
    finally:
        image.undo_group_end()
    Gimp.displays_flush()


@dataclass
class _Job:
    """One layer's way to its result."""

    layer: Gimp.Layer
    box: Box
    target: Gimp.Layer
    hidden_copy: Gimp.Layer | None
    has_hidden: bool = False  # fully transparent pixels

    @classmethod
    def on(cls, layer: Gimp.Layer, output: str, new_name: str) -> _Job:
        """Make the layers that the result needs; the image does not hold them yet."""
        target = _copy(layer, new_name) if output == "new-layer" else layer
        hidden = None
        if output == "keep-copy":
            hidden = _copy(layer, _("{layer} (original)").format(layer=layer.get_name()))
            hidden.set_visible(False)
        return cls(layer, selected(layer), target, hidden)

    def prepare(self, correction: Correction) -> Iterator[float]:
        """Fill the target's shadow with corrected pixels, and yield the share that is done."""
        encoding = Encoding.of(self.target)
        source, shadow = self.target.get_buffer(), self.target.get_shadow_buffer()
        strips = list(self.box.strips())
        work = self._keeping_hidden(correction) if encoding.has_alpha else correction
        results = ahead(work, (encoding.read(source, strip) for strip in strips))
        for strip, corrected in zip(strips, results, strict=True):
            encoding.write(shadow, strip, corrected)
            yield (strip.y + strip.height - self.box.y) / self.box.height
        shadow.flush()

    def _keeping_hidden(self, correction: Correction) -> Correction:
        """The correction, with colors under zero alpha left as they are."""

        def correct(pixels: Array) -> Array:
            corrected, has_hidden = correct_visible(correction, pixels)
            self.has_hidden |= has_hidden
            return corrected

        return correct

    def commit(self) -> None:
        """Put the layers where they belong and merge what was prepared."""
        image, parent = self.layer.get_image(), self.layer.get_parent()
        position = image.get_item_position(self.layer)
        if self.hidden_copy:
            image.insert_layer(self.hidden_copy, parent, position + 1)
        if self.target is not self.layer:
            image.insert_layer(self.target, parent, position)
        rasterize(self.target)
        originals = Originals.of(self.target, self.box, self.has_hidden)
        if not self.target.merge_shadow(True):
            raise Failure(
                _("GIMP refused to change “{layer}”.").format(layer=self.layer.get_name())
            )
        if originals:
            originals.put_back()
        self.target.update(self.box.x, self.box.y, self.box.width, self.box.height)


def _select(image: Gimp.Image, jobs: Sequence[_Job]) -> None:
    """Leave the corrected layers selected, whatever was inserted beside them."""
    inserted = any(job.hidden_copy or job.target is not job.layer for job in jobs)
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
