"""Remove Colored Lighting, from the selected layers to the corrected ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from colorfix_core.engine.client import Held
from colorfix_core.service.requests import Answer
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers import editable_filters
from colorfix_gimp.layers.checks import refuse_unfit
from colorfix_gimp.layers.correct import correct
from colorfix_gimp.lut_files import save
from colorfix_gimp.prediction.predictions import Predictions
from colorfix_gimp.progress import progress
from colorfix_gimp.settings import Settings
from colorfix_gimp.translation import _


def run(
    procedure: Gimp.Procedure,
    mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: Sequence[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
    _data: Any,
) -> None:
    """Correct `drawables` as `config` says, after a dialog if `mode` asks for one."""
    refuse_unfit(drawables, changes_layer=False, by_filters=editable_filters.AVAILABLE)
    predictions = Predictions.of()
    if mode == Gimp.RunMode.INTERACTIVE:
        from colorfix_gimp.dialogs.lighting import ask

        ask(procedure, config, drawables, predictions)
    settings = Settings.of(config)
    by_filters = settings.output == editable_filters.OUTPUT
    if by_filters:
        editable_filters.require()
    refuse_unfit(drawables, changes_layer=settings.output != "new-layer", by_filters=by_filters)

    with progress(_("Removing colored lighting")):
        answers = _answers(drawables, settings, predictions)
        luts = [settings.finish(answer.luts) for answer in answers]
        if settings.several_layers == "first":
            luts *= len(drawables)
        notes = [note for answer in answers for note in answer.notes]
        if by_filters:
            notes += _as_filters(image, drawables, luts, settings, predictions)
        else:
            correct(
                image,
                drawables,
                luts,
                settings.output,
                _("Remove Colored Lighting"),
                before_commit=lambda: _save(luts, drawables, settings),
            )
    for note in dict.fromkeys(notes):
        Gimp.message(note)
    for layer in drawables:
        if remark := predictions.sampler.remark(layer):
            Gimp.message(remark)


def _as_filters(
    image: Gimp.Image,
    layers: Sequence[Gimp.Layer],
    luts: Sequence[Held],
    settings: Settings,
    predictions: Predictions,
) -> list[str]:
    """Put the corrections on the layers as GIMP's own filters."""
    return editable_filters.correct(
        image,
        layers,
        luts,
        [predictions.colors(layer, settings) for layer in layers],
        before_commit=lambda: _save(luts, layers, settings),
    )


def _answers(
    layers: Sequence[Gimp.Layer], settings: Settings, predictions: Predictions
) -> list[Answer]:
    """What the network says of each layer that is asked about."""
    asked = layers[:1] if settings.several_layers == "first" else layers
    return [predictions.answer(layer, settings) for layer in asked]


def _save(luts: Sequence[Held], layers: Sequence[Gimp.Layer], settings: Settings) -> None:
    """Write the LUTs; those after the first get -2, -3 and so on behind their name."""
    file = settings.lut_file
    if file is None:
        return
    different = {lut: layer.get_name() for lut, layer in zip(luts[::-1], layers[::-1], strict=True)}
    for number, lut in enumerate(dict.fromkeys(luts), start=1):
        target = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        for note in save(settings.describe(lut, different[lut]), target):
            Gimp.message(note)
