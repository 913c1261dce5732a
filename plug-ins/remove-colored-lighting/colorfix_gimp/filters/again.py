"""Remove Colored Lighting as Last Time: the last correction, without a look at the layer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from colorfix_core.errors import LutFileError
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.last_time import last_lut
from colorfix_gimp.prediction.outputs import put, refuse_unfit_for
from colorfix_gimp.progress import progress
from colorfix_gimp.translation import _


def run(
    procedure: Gimp.Procedure,
    mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: Sequence[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
    _data: Any,
) -> None:
    """Apply the LUT that was last applied by Remove Colored Lighting."""
    output = config.get_property("output")
    refuse_unfit_for(drawables, output)
    with progress(_("Removing colored lighting")):
        lut = _loaded(last_lut())
        name = _("Remove Colored Lighting")
        notes = put(image, drawables, lut, output, name)
    for note in notes:
        Gimp.message(note)


def _loaded(file: Path) -> Any:
    if not file.exists():
        raise Failure(_("There is no last time yet; use Remove Colored Lighting first."))
    try:
        return engine.call("lut_in_file", str(file))
    except LutFileError as error:
        raise Failure(
            _("What was done last time is damaged; use Remove Colored Lighting first.")
        ) from error
