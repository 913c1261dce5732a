"""Remove Colored Lighting, from the selected layers to the corrected ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from colorfix_gimp.gimp import Gimp
from colorfix_gimp.last_time import remember
from colorfix_gimp.layers.checks import refuse_unfit
from colorfix_gimp.layers.correct import correct
from colorfix_gimp.layers.masked import correct_in_layers, refuse_masked
from colorfix_gimp.prediction.corrections import Correction
from colorfix_gimp.prediction.predictions import Predictions
from colorfix_gimp.prediction.saving import save_correction
from colorfix_gimp.progress import progress
from colorfix_gimp.settings import Settings
from colorfix_gimp.translation import _

NEW = ("new-layer", "masked-layers")


def run(
    procedure: Gimp.Procedure,
    mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: Sequence[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
    _data: Any,
) -> None:
    """Correct `drawables` as `config` says, after a dialog if `mode` asks for one."""
    refuse_unfit(drawables, changes_layer=False)
    predictions = Predictions.of()
    if mode == Gimp.RunMode.INTERACTIVE:
        from colorfix_gimp.dialogs.lighting import ask

        ask(procedure, config, drawables, predictions)
    settings = Settings.of(config)
    refuse_unfit(drawables, changes_layer=settings.output not in NEW)
    if settings.output == "masked-layers":
        for layer in drawables:
            refuse_masked(layer)

    with progress(_("Removing colored lighting")):
        corrections, notes = _corrections(drawables, settings, predictions)
        _apply(image, drawables, corrections, settings)
        if len(corrections[0].luts) == 1:
            remember(corrections[0].whole)
    for note in dict.fromkeys(notes):
        Gimp.message(note)
    for layer in drawables:
        if remark := predictions.sampler.remark(layer):
            Gimp.message(remark)


def _corrections(
    layers: Sequence[Gimp.Layer], settings: Settings, predictions: Predictions
) -> tuple[list[Correction], list[str]]:
    """What is done to each layer, and what the network had to say."""
    asked = layers[:1] if settings.several_layers == "first" else layers
    found = [predictions.correction(layer, settings) for layer in asked]
    notes = [note for _correction, answer in found for note in answer.notes]
    corrections = [correction for correction, _answer in found]
    return corrections * (len(layers) // len(asked)), notes


def _apply(
    image: Gimp.Image,
    layers: Sequence[Gimp.Layer],
    corrections: Sequence[Correction],
    settings: Settings,
) -> None:
    def save() -> None:
        _save(corrections, layers, settings)

    if settings.output != "masked-layers":
        whole = [correction.whole for correction in corrections]
        correct(image, layers, whole, settings.output, _("Remove Colored Lighting"), save)
        return
    single = [pair for pair in zip(layers, corrections, strict=True) if len(pair[1].luts) == 1]
    several = [pair for pair in zip(layers, corrections, strict=True) if len(pair[1].luts) > 1]
    before: Callable[[], None] = save
    for layer, correction in several:
        correct_in_layers(image, layer, correction.luts, correction.whole, before)
        before = _nothing
    if single:
        targets, whole = [one for one, _ in single], [one.whole for _, one in single]
        correct(image, targets, whole, "new-layer", _("Remove Colored Lighting"), before)


def _nothing() -> None:
    """Files are written once."""


def _save(
    corrections: Sequence[Correction], layers: Sequence[Gimp.Layer], settings: Settings
) -> None:
    """Write the LUTs; those after the first get -2, -3 and so on behind their name."""
    file = settings.lut_file
    if file is None:
        return
    different = {one.luts: (one, layer) for one, layer in zip(corrections, layers, strict=True)}
    for number, (correction, layer) in enumerate(different.values(), start=1):
        target = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        for note in save_correction(correction, layer, settings, target, None):
            Gimp.message(note)
