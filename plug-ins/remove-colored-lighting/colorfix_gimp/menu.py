"""What the plug-in offers: name, place in the menus and documentation of each filter."""

from collections.abc import Callable
from dataclasses import dataclass

from gi.repository import Gimp

from colorfix_gimp import settings
from colorfix_gimp.translation import _

COLOR_MENU = "<Image>/Filters/Color"
_MASK = Gimp.ProcedureSensitivityMask
AUTHORS = "Colorfix contributors"


@dataclass(frozen=True)
class Filter:
    """One entry in GIMP's menus; its texts are functions because they are translated late."""

    module: str  # whose function `run` does the work
    menu: str
    label: Callable[[], str]
    blurb: Callable[[], str]
    help: Callable[[], str]
    declare: Callable[[Gimp.Procedure], None]
    sensitivity: Gimp.ProcedureSensitivityMask | None  # None: needs no image
    asks_network: bool = False
    has_preview: bool = False


ALL = {
    "plug-in-remove-colored-lighting": Filter(
        module="remove_lighting",
        menu=COLOR_MENU,
        label=lambda: _("_Remove Colored Lighting…"),
        blurb=lambda: _("Give a photo taken under coloured light its natural colours back"),
        help=lambda: _(
            "A neural network looks at a small copy of the layer and writes a colour look-up "
            "table (LUT), which is applied to every pixel. Only colours are mapped: no detail is "
            "bent, blurred or invented. The LUT can be saved for other programs."
        ),
        declare=settings.declare_lighting,
        sensitivity=_MASK.DRAWABLE | _MASK.DRAWABLES,
        asks_network=True,
        has_preview=True,
    ),
    "plug-in-apply-color-lut": Filter(
        module="apply_lut",
        menu=COLOR_MENU,
        label=lambda: _("_Apply Color LUT…"),
        blurb=lambda: _("Apply a colour look-up table from a file to the layer"),
        help=lambda: _(
            "Reads .cube files (1D, 3D, and 3D with a shaper), HaldCLUT pictures (.png), .3dl, "
            ".spi3d and .clf, and applies them to sRGB-encoded colours inside the selection."
        ),
        declare=settings.declare_apply_lut,
        sensitivity=_MASK.DRAWABLE | _MASK.DRAWABLES,
        has_preview=True,
    ),
    "plug-in-color-lut-identity": Filter(
        module="identity",
        menu="<Image>/File/Create",
        label=lambda: _("Color LUT _Identity"),
        blurb=lambda: _("Make a picture that holds every colour once, to be edited into a LUT"),
        help=lambda: _(
            "Edit the picture with any of GIMP's colour tools, then choose Filters > Color > "
            "Export Identity Layer as LUT: the file repeats those edits on any picture."
        ),
        declare=settings.declare_identity,
        sensitivity=None,
    ),
    "plug-in-export-identity-layer-as-lut": Filter(
        module="export_identity",
        menu=COLOR_MENU,
        label=lambda: _("_Export Identity Layer as LUT…"),
        blurb=lambda: _("Save the colour edits made to an identity picture as a LUT file"),
        help=lambda: _(
            "Works on a layer made by File > Create > Color LUT Identity. Filters that lie on "
            "the layer are part of the result; other layers are not."
        ),
        declare=settings.declare_export_identity,
        sensitivity=_MASK.DRAWABLE,
    ),
}


def create(plug_in: Gimp.PlugIn, name: str, run: Callable) -> Gimp.Procedure:
    """Register one filter with GIMP."""
    entry = ALL[name]
    kind = Gimp.PDBProcType.PLUGIN
    if entry.sensitivity is None:
        procedure = Gimp.Procedure.new(plug_in, name, kind, run, None)
    else:
        procedure = Gimp.ImageProcedure.new(plug_in, name, kind, run, None)
        procedure.set_image_types("RGB*")
        procedure.set_sensitivity_mask(entry.sensitivity)
    procedure.set_menu_label(entry.label())
    procedure.add_menu_path(entry.menu)
    procedure.set_documentation(entry.blurb(), entry.help(), name)
    procedure.set_attribution(AUTHORS, f"{AUTHORS}, GPL-3.0-or-later", "2026")
    entry.declare(procedure)
    return procedure
