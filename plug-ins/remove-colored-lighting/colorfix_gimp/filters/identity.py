"""Color LUT Identity: a picture of every color, to be edited and exported as a LUT."""

from typing import Any

from colorfix_gimp.gimp import Gegl, Gimp, GObject
from colorfix_gimp.layers.identity import make_identity


def run(
    _procedure: Gimp.Procedure, config: Gimp.ProcedureConfig, _data: Any
) -> list[GObject.Value]:
    """Make the picture and, where there are windows, show it."""
    Gegl.init(None)
    image = make_identity(int(config.get_property("level")))
    if config.get_property("run-mode") == Gimp.RunMode.INTERACTIVE:
        Gimp.Display.new(image)
        Gimp.displays_flush()
    return [GObject.Value(Gimp.Image.__gtype__, image)]
