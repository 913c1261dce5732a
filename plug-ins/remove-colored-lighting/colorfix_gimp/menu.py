"""What the plug-in offers: name, place in the menus, documentation and start of each filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from colorfix_gimp import arguments, runtime
from colorfix_gimp.failures import Results
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.translation import N_, _

COLOR_MENU = "<Image>/Filters/Color"
LAYER = Gimp.ProcedureSensitivityMask.DRAWABLE
LAYERS = LAYER | Gimp.ProcedureSensitivityMask.DRAWABLES
AUTHORS = "Colorfix contributors"


def _remove_lighting(*given: Any) -> None:
    from colorfix_gimp.filters import remove_lighting

    remove_lighting.run(*given)


def _again(*given: Any) -> None:
    from colorfix_gimp.filters import again

    again.run(*given)


def _apply_lut(*given: Any) -> None:
    from colorfix_gimp.filters import apply_lut

    apply_lut.run(*given)


def _identity(*given: Any) -> Results:
    from colorfix_gimp.filters import identity

    return identity.run(*given)


def _export_identity(*given: Any) -> None:
    from colorfix_gimp.filters import export_identity

    export_identity.run(*given)


@dataclass(frozen=True)
class Filter:
    """One entry in GIMP's menus; its texts are translated when GIMP is told of them."""

    run: Callable[..., Results]  # imports what it needs only when it is called
    menus: tuple[str, ...]
    label: str
    blurb: str
    help: str
    arguments: tuple[arguments.Argument, ...]
    sensitivity: Gimp.ProcedureSensitivityMask | None  # None: needs no image
    asks_network: bool = False
    has_preview: bool = False


ALL = {
    "plug-in-remove-colored-lighting": Filter(
        run=_remove_lighting,
        menus=(COLOR_MENU, "<Image>/Colors/Auto"),
        label=N_("_Remove Colored Lighting…"),
        # GIMP finds actions by the words of these.
        blurb=N_(
            "Give a photo taken under colored lighting its natural colors back: white balance for "
            "any color cast, as a LUT"
        ),
        help=N_(
            "A neural network looks at a small copy of the layer and writes a color look-up "
            "table (LUT), which is applied to every pixel. Only colors are mapped: no detail is "
            "bent, blurred or invented. The LUT can be saved for other programs."
        ),
        arguments=arguments.LIGHTING,
        sensitivity=LAYERS,
        asks_network=True,
        has_preview=True,
    ),
    "plug-in-remove-colored-lighting-again": Filter(
        run=_again,
        menus=(COLOR_MENU,),
        label=N_("Remove Colored Lighting as Last _Time"),
        blurb=N_("Apply the last correction of colored lighting to the layer, as it was"),
        help=N_(
            "Nothing is predicted anew: pictures that were taken in one light are corrected alike."
        ),
        arguments=arguments.AGAIN,
        sensitivity=LAYERS,
    ),
    "plug-in-apply-color-lut": Filter(
        run=_apply_lut,
        menus=(COLOR_MENU,),
        label=N_("_Apply Color LUT…"),
        blurb=N_("Apply a color look-up table from a file to the layer"),
        help=N_(
            "Reads .cube files (1D, 3D, and 3D with a shaper), HaldCLUT pictures, and all other "
            "formats that its file dialog lists, and applies them to sRGB-encoded colors inside "
            "the selection."
        ),
        arguments=arguments.APPLY_LUT,
        sensitivity=LAYERS,
        has_preview=True,
    ),
    "plug-in-color-lut-identity": Filter(
        run=_identity,
        menus=("<Image>/File/Create",),
        label=N_("Color LUT _Identity"),
        blurb=N_("Make a picture that holds every color once, to be edited into a LUT"),
        help=N_(
            "Edit the picture with any of GIMP's color tools, then choose Filters > Color > "
            "Export Identity Layer as LUT: the file repeats those edits on any picture."
        ),
        arguments=arguments.IDENTITY,
        sensitivity=None,
    ),
    "plug-in-export-identity-layer-as-lut": Filter(
        run=_export_identity,
        menus=(COLOR_MENU,),
        label=N_("_Export Identity Layer as LUT…"),
        blurb=N_("Save the color edits made to an identity picture as a LUT file"),
        help=N_(
            "Works on a layer made by File > Create > Color LUT Identity. Filters that lie on "
            "the layer are part of the result; other layers are not."
        ),
        arguments=arguments.EXPORT_IDENTITY,
        sensitivity=LAYER,
    ),
}


def create(plug_in: Gimp.PlugIn, name: str, run: Callable[..., Gimp.ValueArray]) -> Gimp.Procedure:
    """Register one filter with GIMP."""
    entry = ALL[name]
    kind = Gimp.PDBProcType.PLUGIN
    if entry.sensitivity is None:
        procedure = Gimp.Procedure.new(plug_in, name, kind, run, None)
    else:
        procedure = Gimp.ImageProcedure.new(plug_in, name, kind, run, None)
        procedure.set_image_types("RGB*")
        procedure.set_sensitivity_mask(entry.sensitivity)
    procedure.set_menu_label(_(entry.label))
    for menu in entry.menus:
        procedure.add_menu_path(menu)
    procedure.set_documentation(_(entry.blurb), _(entry.help), name)
    procedure.set_attribution(AUTHORS, f"{AUTHORS}, GPL-3.0-or-later", "2026")
    for argument in entry.arguments:
        argument.declare(procedure)
    return procedure


def run(procedure: Gimp.Procedure, *given: Any) -> Results:
    """Run the filter that GIMP has called, with all that it needs on its way."""
    _connect(given)
    chosen = ALL[procedure.get_name()]
    from colorfix_gimp import engine  # which the core is needed for

    engine.prepare(chosen.asks_network)
    if chosen.has_preview and given[0] == Gimp.RunMode.INTERACTIVE:
        from colorfix_gimp.dialogs import head_start

        _mode, _image, drawables, *_rest = given
        head_start.take(drawables)
    from colorfix_gimp.layers.encodings import keep_memory_flat

    keep_memory_flat()
    return chosen.run(procedure, *given)


def _connect(given: tuple[Any, ...]) -> None:
    """Reach the core; a user who has it not yet is offered to have it fetched."""
    try:
        runtime.connect()
    except runtime.Missing as missing:
        mode = given[0]
        if not isinstance(mode, Gimp.RunMode):  # a procedure without an image has it as argument
            mode = mode.get_property("run-mode")
        if mode != Gimp.RunMode.INTERACTIVE:
            raise
        from colorfix_gimp.dialogs import first_run

        first_run.set_up(missing)
        runtime.connect()
