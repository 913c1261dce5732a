"""The filters' arguments: declared to GIMP, read back from its config."""

from dataclasses import dataclass
from pathlib import Path

from gi.repository import Gimp, GObject

from colorfix_gimp.translation import _

READWRITE = GObject.ParamFlags.READWRITE


def declare_lighting(procedure: Gimp.Procedure) -> None:
    """Add the arguments of Remove Colored Lighting."""
    _add_strength(procedure)
    procedure.add_int_argument(
        "iterations",
        _("_Iterations"),
        _("How often the correction is applied to its own result; more removes stronger casts"),
        1, 10, 1, READWRITE,
    )  # fmt: skip
    procedure.add_boolean_argument(
        "keep-brightness",
        _("_Keep brightness"),
        _("Correct the colour of each pixel and keep its luminance"),
        False,
        READWRITE,
    )
    _add_choice(
        procedure, "sample-from", _("S_ample from"),
        _("Where the light is judged; the correction itself always stays in the selection"),
        ("selection", _("Selection"), _("The selected part of the layer")),
        ("layer", _("Whole layer"), _("The whole layer, whatever is selected")),
    )  # fmt: skip
    _add_choice(
        procedure, "method", _("_Method"),
        _("How the correction is predicted"),
        ("lut", _("Direct"), _("The network writes the colour table itself")),
        ("balancer", _("Latent balancer"),
         _("The network repairs the encoded picture, and the colour table is fitted to that")),
    )  # fmt: skip
    _add_output(procedure)
    _add_choice(
        procedure, "several-layers", _("Se_veral layers"),
        _("What to do when several layers are selected"),
        ("each", _("Each by itself"), _("Predict a correction for each layer")),
        ("first", _("All like the first"),
         _("Predict the correction of the first layer and apply it to all")),
    )  # fmt: skip
    _add_choice(
        procedure, "device", _("_Device"),
        _("What the network runs on"),
        ("auto", _("Automatic"), _("The graphics card if it can be used, else the processor")),
        ("cpu", _("Processor"), _("The processor (CPU)")),
        ("cuda", _("Graphics card"), _("The NVIDIA graphics card (CUDA)")),
    )  # fmt: skip
    procedure.add_file_argument(
        "lut-file",
        _("LUT _file"),
        _("Also save the applied correction as a colour LUT (.cube and other formats)"),
        Gimp.FileChooserAction.SAVE, True, None, READWRITE,
    )  # fmt: skip
    _add_lut_size(
        procedure,
        _("Points along each axis of the colour LUT that is predicted, applied and saved"),
    )


def declare_apply_lut(procedure: Gimp.Procedure) -> None:
    """Add the arguments of Apply Color LUT."""
    procedure.add_file_argument(
        "lut-file",
        _("LUT _file"),
        _("The colour LUT: .cube, HaldCLUT .png, .3dl, .spi3d or .clf"),
        Gimp.FileChooserAction.ANY, True, None, READWRITE,
    )  # fmt: skip
    _add_strength(procedure)
    _add_output(procedure)


def declare_identity(procedure: Gimp.Procedure) -> None:
    """Add the arguments of Color LUT Identity."""
    procedure.add_enum_argument(
        "run-mode", _("Run mode"), _("With or without windows"),
        Gimp.RunMode, Gimp.RunMode.NONINTERACTIVE, READWRITE,
    )  # fmt: skip
    procedure.add_int_argument(
        "level",
        _("_Level"),
        _("Level L holds L² steps of each channel in a square of L³ pixels a side"),
        2, 12, 8, READWRITE,
    )  # fmt: skip
    procedure.add_image_return_value(
        "image", _("Image"), _("The identity picture"), False, READWRITE
    )


def declare_export_identity(procedure: Gimp.Procedure) -> None:
    """Add the arguments of Export Identity Layer as LUT."""
    procedure.add_file_argument(
        "lut-file",
        _("LUT _file"),
        _("Where the colour LUT is saved; the extension says the format"),
        Gimp.FileChooserAction.SAVE, True, None, READWRITE,
    )  # fmt: skip
    _add_lut_size(procedure, _("Points along each axis of the colour LUT"))


def _add_lut_size(procedure: Gimp.Procedure, blurb: str) -> None:
    procedure.add_int_argument("lut-size", _("LUT si_ze"), blurb, 2, 129, 33, READWRITE)


def _add_output(procedure: Gimp.Procedure) -> None:
    _add_choice(
        procedure, "output", _("Out_put"),
        _("Which layer takes the corrected pixels"),
        ("replace", _("Replace the layer"), _("Change the pixels of the layer")),
        ("new-layer", _("New layer"), _("Put a corrected copy above the layer")),
        ("keep-copy", _("Replace, keep a hidden copy"),
         _("Change the layer and keep a copy of the original below it, hidden")),
    )  # fmt: skip


def _add_strength(procedure: Gimp.Procedure) -> None:
    procedure.add_double_argument(
        "strength",
        _("Stren_gth (%)"),
        _("How much of the correction is applied"),
        0, 100, 100, READWRITE,
    )  # fmt: skip


def _add_choice(procedure: Gimp.Procedure, name: str, nick: str, blurb: str, *options) -> None:
    choice = Gimp.Choice.new()
    for number, (key, label, help_text) in enumerate(options):
        choice.add(key, number, label, help_text)
    procedure.add_choice_argument(name, nick, blurb, choice, options[0][0], READWRITE)


@dataclass(frozen=True)
class Settings:
    """One run's arguments."""

    strength: float
    iterations: int
    keep_brightness: bool
    sample_from: str
    method: str
    output: str
    several_layers: str
    device: str
    lut_file: Path | None
    lut_size: int

    @classmethod
    def of(cls, config: Gimp.ProcedureConfig) -> "Settings":
        """Read them from GIMP's config."""
        names = (name for name in cls.__dataclass_fields__ if name != "lut_file")
        values = {name: config.get_property(name.replace("_", "-")) for name in names}
        return cls(lut_file=local_path(config.get_property("lut-file")), **values)

    def finish(self, steps: list) -> "Lut3D":  # noqa: F821
        """The LUT to apply: what strength and brightness make of the predicted steps."""
        lut = steps[self.iterations - 1].blend(self.strength / 100)
        return lut.keep_luminance() if self.keep_brightness else lut


def local_path(file) -> Path | None:
    """The path of a Gio.File; None for none."""
    return Path(file.get_path()) if file is not None and file.get_path() else None
