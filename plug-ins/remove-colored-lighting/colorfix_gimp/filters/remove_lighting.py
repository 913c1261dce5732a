"""Remove Colored Lighting, from the selected layers to the corrected ones."""

from collections.abc import Sequence
from pathlib import Path

from gi.repository import Gimp

from colorfix_gimp.layers import correct as layer_io
from colorfix_gimp.prediction import predictions
from colorfix_gimp.settings import Settings
from colorfix_gimp.translation import _


def run(procedure, mode, image, drawables, config, _data) -> None:
    """Correct `drawables` as `config` says, after a dialog if `mode` asks for one."""
    layer_io.refuse_unfit(drawables, in_place=False)
    known = predictions.Predictions()
    if mode == Gimp.RunMode.INTERACTIVE:
        from colorfix_gimp.dialogs.lighting import ask

        ask(procedure, config, drawables, known)
    settings = Settings.of(config)
    layer_io.refuse_unfit(drawables, in_place=settings.output != "new-layer")

    Gimp.progress_init(_("Removing coloured lighting"))
    luts = _luts(drawables, settings, known)
    layer_io.correct(
        image,
        drawables,
        [lut.apply for lut in luts],
        settings.output,
        _("Remove Colored Lighting"),
        before_commit=lambda: _save(luts, settings.lut_file),
    )
    for note in dict.fromkeys(known.notes):
        Gimp.message(note)


def _luts(layers: Sequence[Gimp.Layer], settings: Settings, known) -> list:
    """The LUT of each layer."""
    if settings.several_layers == "first":
        return [settings.finish(known.steps(layers[0], settings))] * len(layers)
    return [settings.finish(known.steps(layer, settings)) for layer in layers]


def _save(luts: Sequence, file: Path | None) -> None:
    """Write the LUTs; those after the first get -2, -3 and so on behind their name."""
    if file is None:
        return
    different = list(dict.fromkeys(luts))
    for number, lut in enumerate(different, start=1):
        lut.save(file if number == 1 else file.with_stem(f"{file.stem}-{number}"))
