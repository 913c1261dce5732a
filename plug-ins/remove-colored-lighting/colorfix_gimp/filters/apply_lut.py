"""Apply Color LUT: a table from a file on the selected layers."""

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from gi.repository import Gimp

from colorfix_gimp.failures import Failure
from colorfix_gimp.layers import correct as layer_io
from colorfix_gimp.settings import local_path
from colorfix_gimp.translation import _


def run(procedure, mode, image, drawables, config, _data) -> None:
    """Apply the LUT that `config` names, after a dialog if `mode` asks for one."""
    layer_io.refuse_unfit(drawables, in_place=False)
    if mode == Gimp.RunMode.INTERACTIVE:
        from colorfix_gimp.dialogs.apply_lut import ask

        ask(procedure, config, drawables)
    output = config.get_property("output")
    layer_io.refuse_unfit(drawables, in_place=output != "new-layer")

    Gimp.progress_init(_("Applying the colour LUT"))
    file = local_path(config.get_property("lut-file"))
    lut = load(file).blend(config.get_property("strength") / 100)
    layer_io.correct(image, drawables, [lut.apply] * len(drawables), output, file.stem)


def load(file: Path | None):
    """The LUT in a file."""
    if file is None:
        raise Failure(_("No LUT file is chosen; choose one."))
    with suppress(OSError):
        return _load(file, file.stat().st_mtime_ns)
    return _load(file, None)  # says what is wrong with it


@lru_cache(maxsize=1)
def _load(file: Path, _changed: int | None):
    """The dialog and what comes after it want the same file."""
    from colorfix_core import Lut3D

    return Lut3D.load(file)
