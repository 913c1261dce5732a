"""The arguments of all filters, as tables; texts are translated when GIMP is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from colorfix_gimp.gimp import Gimp, GObject
from colorfix_gimp.translation import N_, _

READWRITE = GObject.ParamFlags.READWRITE


class Argument(Protocol):
    """One argument, or one result, of a procedure."""

    def declare(self, procedure: Gimp.Procedure) -> None:
        """Tell GIMP of it."""


@dataclass(frozen=True)
class Number:
    """A number; whole, if its default is."""

    name: str
    label: str
    blurb: str
    least: float
    most: float
    default: float

    def declare(self, procedure: Gimp.Procedure) -> None:
        whole = isinstance(self.default, int)
        add = procedure.add_int_argument if whole else procedure.add_double_argument
        texts = _(self.label), _(self.blurb)
        add(self.name, *texts, self.least, self.most, self.default, READWRITE)


@dataclass(frozen=True)
class Switch:
    """Yes or no, and at first no."""

    name: str
    label: str
    blurb: str

    def declare(self, procedure: Gimp.Procedure) -> None:
        procedure.add_boolean_argument(self.name, _(self.label), _(self.blurb), False, READWRITE)


@dataclass(frozen=True)
class Choice:
    """One of several words, at first the first; each has a label and an explanation."""

    name: str
    label: str
    blurb: str
    options: tuple[tuple[str, str, str], ...]

    def declare(self, procedure: Gimp.Procedure) -> None:
        choice = Gimp.Choice.new()
        for number, (key, label, blurb) in enumerate(self.options):
            choice.add(key, number, _(label), _(blurb))
        texts, first = (_(self.label), _(self.blurb)), self.options[0][0]
        procedure.add_choice_argument(self.name, *texts, choice, first, READWRITE)


@dataclass(frozen=True)
class File:
    """A file, or none."""

    name: str
    label: str
    blurb: str
    action: Gimp.FileChooserAction

    def declare(self, procedure: Gimp.Procedure) -> None:
        texts = _(self.label), _(self.blurb)
        procedure.add_file_argument(self.name, *texts, self.action, True, None, READWRITE)


@dataclass(frozen=True)
class RunMode:
    """With or without windows; GIMP adds it by itself where a procedure takes an image."""

    def declare(self, procedure: Gimp.Procedure) -> None:
        texts = _("Run mode"), _("With or without windows")
        mode = Gimp.RunMode.NONINTERACTIVE
        procedure.add_enum_argument("run-mode", *texts, Gimp.RunMode, mode, READWRITE)


@dataclass(frozen=True)
class ImageResult:
    """An image that is returned."""

    name: str
    label: str
    blurb: str

    def declare(self, procedure: Gimp.Procedure) -> None:
        texts = _(self.label), _(self.blurb)
        procedure.add_image_return_value(self.name, *texts, False, READWRITE)


STRENGTH = Number(
    "strength", N_("Stren_gth (%)"), N_("How much of the correction is applied"), 0, 100, 100.0
)
OUTPUT = Choice(
    "output", N_("Out_put"),
    N_("Which layer takes the corrected pixels"),
    (
        ("replace", N_("Replace the layer"), N_("Change the pixels of the layer")),
        ("new-layer", N_("New layer"), N_("Put a corrected copy above the layer")),
        ("keep-copy", N_("Replace, keep a hidden copy"),
         N_("Change the layer and keep a copy of the original below it, hidden")),
    ),
)  # fmt: skip

LIGHTING: tuple[Argument, ...] = (
    STRENGTH,
    Number(
        "iterations", N_("_Iterations"),
        N_("How often the correction is applied to its own result; more removes stronger casts"),
        1, 10, 1,
    ),
    Switch(
        "keep-brightness", N_("_Keep brightness"),
        N_("Correct the color of each pixel and keep its luminance"),
    ),
    Choice(
        "sample-from", N_("S_ample from"),
        N_("Where the light is judged; the correction itself always stays in the selection"),
        (
            ("selection", N_("Selection"), N_("The selected part of the layer")),
            ("layer", N_("Whole layer"), N_("The whole layer, whatever is selected")),
        ),
    ),
    Choice(
        "method", N_("_Method"),
        N_("How the correction is predicted"),
        (
            ("lut", N_("Direct"), N_("The network writes the color table itself")),
            ("balancer", N_("Latent balancer"),
             N_("The network repairs the encoded picture, and the color table is fitted to that")),
        ),
    ),
    OUTPUT,
    Choice(
        "several-layers", N_("Se_veral layers"),
        N_("What to do when several layers are selected"),
        (
            ("each", N_("Each by itself"), N_("Predict a correction for each layer")),
            ("first", N_("All like the first"),
             N_("Predict the correction of the first layer and apply it to all")),
        ),
    ),
    Choice(
        "device", N_("_Device"),
        N_("What the network runs on"),
        (
            ("auto", N_("Automatic"),
             N_("The graphics card if it can be used, else the processor")),
            ("cpu", N_("Processor"), N_("The processor (CPU)")),
            ("cuda", N_("Graphics card"), N_("The NVIDIA graphics card (CUDA)")),
        ),
    ),
    File(
        "lut-file", N_("LUT _file"),
        N_("Also save the applied correction as a color LUT (.cube and other formats)"),
        Gimp.FileChooserAction.SAVE,
    ),
    Number(
        "lut-size", N_("LUT si_ze"),
        N_("Points along each axis of the color LUT that is predicted, applied and saved"),
        2, 129, 33,
    ),
)  # fmt: skip

APPLY_LUT: tuple[Argument, ...] = (
    File(
        "lut-file", N_("LUT _file"),
        N_("The color LUT: .cube, HaldCLUT .png, .3dl, .spi3d or .clf"),
        Gimp.FileChooserAction.ANY,
    ),
    STRENGTH,
    OUTPUT,
)  # fmt: skip

IDENTITY: tuple[Argument, ...] = (
    RunMode(),
    Number(
        "level", N_("_Level"),
        N_("Level L holds L² steps of each channel in a square of L³ pixels a side"),
        2, 12, 8,
    ),
    ImageResult("image", N_("Image"), N_("The identity picture")),
)  # fmt: skip

EXPORT_IDENTITY: tuple[Argument, ...] = (
    File(
        "lut-file", N_("LUT _file"),
        N_("Where the color LUT is saved; the extension says the format"),
        Gimp.FileChooserAction.SAVE,
    ),
    Number("lut-size", N_("LUT si_ze"), N_("Points along each axis of the color LUT"), 2, 129, 33),
)  # fmt: skip
