"""What the plug-in offers: name, place in the menus and documentation of each filter."""

from collections.abc import Callable
from dataclasses import dataclass

import settings
from gi.repository import Gimp
from translation import _

COLOR_MENU = "<Image>/Filters/Color"


@dataclass(frozen=True)
class Filter:
    """One entry in GIMP's menus."""

    module: str  # whose function `run` does the work
    menu: str
    label: Callable[[], str]  # the texts are functions because they are translated late
    blurb: Callable[[], str]
    help: Callable[[], str]
    declare: Callable[[Gimp.Procedure], None]
    image_types: str = "RGB*"
    sensitivity: Gimp.ProcedureSensitivityMask = (
        Gimp.ProcedureSensitivityMask.DRAWABLE | Gimp.ProcedureSensitivityMask.DRAWABLES
    )


ALL = {
    "plug-in-remove-colored-lighting": Filter(
        module="lighting",
        menu=COLOR_MENU,
        label=lambda: _("_Remove Colored Lighting…"),
        blurb=lambda: _("Give a photo taken under coloured light its natural colours back"),
        help=lambda: _(
            "A neural network looks at a small copy of the layer and writes a colour look-up "
            "table (LUT), which is applied to every pixel. Only colours are mapped: no detail is "
            "bent, blurred or invented. The LUT can be saved for other programs."
        ),
        declare=settings.declare,
    ),
}


def create(plug_in: Gimp.PlugIn, name: str, run: Callable) -> Gimp.Procedure:
    """Register one filter with GIMP."""
    entry = ALL[name]
    procedure = Gimp.ImageProcedure.new(plug_in, name, Gimp.PDBProcType.PLUGIN, run, None)
    procedure.set_image_types(entry.image_types)
    procedure.set_sensitivity_mask(entry.sensitivity)
    procedure.set_menu_label(entry.label())
    procedure.add_menu_path(entry.menu)
    procedure.set_documentation(entry.blurb(), entry.help(), name)
    procedure.set_attribution("Colorfix contributors", "Colorfix contributors, GPL-3.0-or-later", "2026")
    entry.declare(procedure)
    return procedure
