"""Remove Colored Lighting, from the selected layers to the corrected ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from colorfix_core.engine.contract import Pixels
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.last_time import remember
from colorfix_gimp.layers import editable_filters
from colorfix_gimp.layers.checks import refuse_unfit
from colorfix_gimp.layers.correct import correct
from colorfix_gimp.layers.masked import correct_in_layers, refuse_masked
from colorfix_gimp.layers.memory import recalled
from colorfix_gimp.layers.undo import one_step
from colorfix_gimp.prediction.corrections import Correction
from colorfix_gimp.prediction.outputs import refuse_unfit_for
from colorfix_gimp.prediction.predictions import Predictions
from colorfix_gimp.prediction.saving import save_correction
from colorfix_gimp.presets import OF_A_PICTURE, give, settings_of
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
    predictions, old = Predictions.of(), None
    if mode == Gimp.RunMode.INTERACTIVE:
        from colorfix_gimp.dialogs.lighting import ask

        drawables, old = _gone_on_with(drawables, config)
        ask(procedure, config, drawables, predictions, old is not None)
    settings = Settings.of(config)
    refuse_unfit_for(drawables, settings.output)
    if settings.output == "masked-layers":
        for layer in drawables:
            refuse_masked(layer)

    with progress(_("Removing colored lighting")):
        corrections, notes = _corrections(drawables, settings, predictions)
        if old is not None:
            _replace(image, old, drawables[0], corrections[0], config)
        elif settings.output == editable_filters.OUTPUT:
            pictures = [predictions.colors(layer, settings) for layer in drawables]
            notes += _as_filters(image, drawables, corrections, pictures, settings)
        else:
            _apply(image, drawables, corrections, settings, settings_of(config, OF_A_PICTURE))
        if len(corrections[0].luts) == 1:
            remember(corrections[0].whole)
    for note in dict.fromkeys(notes):
        Gimp.message(note)
    for layer in drawables:
        if remark := predictions.sampler.remark(layer):
            Gimp.message(remark)


def _as_filters(
    image: Gimp.Image,
    layers: Sequence[Gimp.Layer],
    corrections: Sequence[Correction],
    pictures: Sequence[Pixels],
    settings: Settings,
) -> list[str]:
    """Put the corrections on the layers as GIMP's own filters."""
    if any(len(correction.luts) > 1 for correction in corrections):
        raise Failure(
            _(
                "Editable filters hold the correction of one light; choose another output, or one "
                "light."
            )
        )
    luts = [correction.whole for correction in corrections]
    return editable_filters.correct(
        image, layers, luts, pictures, lambda: _save(corrections, layers, settings)
    )


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
    kept: dict[str, Any],
) -> None:
    def save() -> None:
        _save(corrections, layers, settings)

    if settings.output != "masked-layers":
        whole = [correction.whole for correction in corrections]
        name = _("Remove Colored Lighting")
        correct(image, layers, whole, settings.output, name, save, kept)
        return
    single = [pair for pair in zip(layers, corrections, strict=True) if len(pair[1].luts) == 1]
    several = [pair for pair in zip(layers, corrections, strict=True) if len(pair[1].luts) > 1]
    before: Callable[[], None] = save
    for layer, correction in several:
        correct_in_layers(image, layer, correction.luts, correction.whole, before)
        before = _nothing
    if single:
        targets, whole = [one for one, _ in single], [one.whole for _, one in single]
        name = _("Remove Colored Lighting")
        correct(image, targets, whole, "new-layer", name, before, kept)


def _gone_on_with(
    drawables: Sequence[Gimp.Layer], config: Gimp.ProcedureConfig
) -> tuple[Sequence[Gimp.Layer], Gimp.Layer | None]:
    """The original of a result that the user wants to go on with, and the result; or neither."""
    from colorfix_gimp.dialogs.go_on import goes_on

    memory = recalled(drawables[0]) if len(drawables) == 1 else None
    if memory is None or not goes_on(drawables[0], memory.original):
        return drawables, None
    give(memory.settings, config)
    return [memory.original], drawables[0]


def _replace(
    image: Gimp.Image,
    old: Gimp.Layer,
    original: Gimp.Layer,
    correction: Correction,
    config: Gimp.ProcedureConfig,
) -> None:
    """Put a new result in the place of the old one, as one step to undo."""
    name, kept = old.get_name(), settings_of(config, OF_A_PICTURE)
    with ExitStack() as step:

        def begin() -> None:
            _save([correction], [original], Settings.of(config))
            step.enter_context(one_step(image))

        correct(image, [original], [correction.whole], "new-layer", name, begin, kept)
        (new,) = image.get_selected_layers()
        new.set_visible(True)
        image.remove_layer(old)
        new.set_name(name)


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
