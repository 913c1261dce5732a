"""Apply Color LUT: a table from a file on the selected layers."""

from collections.abc import Sequence
from typing import Any

from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers import editable_filters
from colorfix_gimp.layers.checks import refuse_unfit
from colorfix_gimp.lut_files import load
from colorfix_gimp.prediction.outputs import put, refuse_unfit_for
from colorfix_gimp.progress import progress
from colorfix_gimp.settings import faded, local_path
from colorfix_gimp.translation import _


def run(
    procedure: Gimp.Procedure,
    mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: Sequence[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
    _data: Any,
) -> None:
    """Apply the LUT that `config` names, after a dialog if `mode` asks for one."""
    refuse_unfit(drawables, changes_layer=False, by_filters=editable_filters.AVAILABLE)
    if mode == Gimp.RunMode.INTERACTIVE:
        from colorfix_gimp.dialogs.apply_lut import ask

        ask(procedure, config, drawables)
    output = config.get_property("output")
    refuse_unfit_for(drawables, output)

    with progress(_("Applying the color LUT")):
        file = local_path(config.get_property("lut-file"))
        lut = faded(load(file), config)
        notes = put(image, drawables, lut, output, file.stem if file else "")
    for note in notes:
        Gimp.message(note)
