"""The arguments of all filters, as tables; texts are translated when GIMP is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from colorfix_gimp.gimp import Gimp, GObject
from colorfix_gimp.translation import N_, _

READWRITE = GObject.ParamFlags.READWRITE


@dataclass(frozen=True)
class Argument:
    """One argument, or one result, of a procedure; `add` tells GIMP of it and its texts."""

    name: str
    label: str
    blurb: str
    add: Callable[[Gimp.Procedure, str, str, str], None]

    def declare(self, procedure: Gimp.Procedure) -> None:
        """Tell GIMP of it, in the user's language."""
        self.add(procedure, self.name, _(self.label), _(self.blurb))


def number(
    name: str, label: str, blurb: str, least: float, most: float, default: float
) -> Argument:
    """A number; whole, if its default is."""

    def add(procedure: Gimp.Procedure, *texts: str) -> None:
        whole = isinstance(default, int)
        declare = procedure.add_int_argument if whole else procedure.add_double_argument
        declare(*texts, least, most, default, READWRITE)

    return Argument(name, label, blurb, add)


def switch(name: str, label: str, blurb: str) -> Argument:
    """Yes or no, and at first no."""

    def add(procedure: Gimp.Procedure, *texts: str) -> None:
        procedure.add_boolean_argument(*texts, False, READWRITE)

    return Argument(name, label, blurb, add)


def text(name: str, label: str, blurb: str) -> Argument:
    """A text, at first empty."""

    def add(procedure: Gimp.Procedure, *texts: str) -> None:
        procedure.add_string_argument(*texts, "", READWRITE)

    return Argument(name, label, blurb, add)


def choice(name: str, label: str, blurb: str, *options: tuple[str, str, str]) -> Argument:
    """One of several words, at first the first; each has a label and an explanation."""

    def add(procedure: Gimp.Procedure, *texts: str) -> None:
        words = Gimp.Choice.new()
        for place, (word, title, meaning) in enumerate(options):
            words.add(word, place, _(title), _(meaning))
        procedure.add_choice_argument(*texts, words, options[0][0], READWRITE)

    return Argument(name, label, blurb, add)


def file(name: str, label: str, blurb: str, action: Gimp.FileChooserAction) -> Argument:
    """A file, or none."""

    def add(procedure: Gimp.Procedure, *texts: str) -> None:
        procedure.add_file_argument(*texts, action, True, None, READWRITE)

    return Argument(name, label, blurb, add)


def run_mode() -> Argument:
    """With or without windows; GIMP adds it by itself where a procedure takes an image."""

    def add(procedure: Gimp.Procedure, *texts: str) -> None:
        mode = Gimp.RunMode.NONINTERACTIVE
        procedure.add_enum_argument(*texts, Gimp.RunMode, mode, READWRITE)

    return Argument("run-mode", N_("Run mode"), N_("With or without windows"), add)


def image_result(name: str, label: str, blurb: str) -> Argument:
    """An image that is returned."""

    def add(procedure: Gimp.Procedure, *texts: str) -> None:
        procedure.add_image_return_value(*texts, False, READWRITE)

    return Argument(name, label, blurb, add)


STRENGTH = number(
    "strength", N_("Stren_gth (%)"), N_("How much of the correction is applied"), 0, 100, 100.0
)
_OUTPUTS = (
    ("replace", N_("Replace the layer"), N_("Change the pixels of the layer")),
    ("new-layer", N_("New layer"), N_("Put a corrected copy above the layer")),
    ("keep-copy", N_("Replace, keep a hidden copy"),
     N_("Change the layer and keep a copy of the original below it, hidden")),
    ("editable-filters", N_("Editable filters (GIMP 3.2 and later)"),
     N_("Put curves and a channel mixer on the layer, which can be edited and switched off")),
)  # fmt: skip
_OUTPUT = "output", N_("Out_put"), N_("Which layer takes the corrected pixels")
OUTPUT = choice(*_OUTPUT, *_OUTPUTS)

TRIMS = (
    number(
        "temperature", N_("Te_mperature"),
        N_("Yellower, as in the light of a lamp, or bluer, as in the shade"),
        -100, 100, 0.0,
    ),
    number("tint", N_("Ti_nt"), N_("More magenta, or greener"), -100, 100, 0.0),
    number(
        "exposure", N_("_Exposure (EV)"),
        N_("Brighter or darker; one step doubles the light"),
        -3, 3, 0.0,
    ),
    number(
        "saturation", N_("Sat_uration (%)"),
        N_("More or less color of the same hue; -100 is gray"),
        -100, 100, 0.0,
    ),
    switch(
        "film-contrast", N_("_Bring film contrast back"),
        N_("Make the darkest of a faded slide or print black and its brightest white"),
    ),
)  # fmt: skip

LIGHTING: tuple[Argument, ...] = (
    number(
        "strength", N_("Stren_gth (%)"),
        N_("How much of the correction is applied; above 100 it goes on"),
        0, 200, 100.0,
    ),
    number(
        "thoroughness", N_("Care_ful – thorough"),
        N_("Careful leaves doubtful colors alone, thorough takes every cast away"),
        0, 100, 50.0,
    ),
    number(
        "candidate", N_("Candidate"),
        N_("Which answer is taken: 1 to 4 predicted ones, the likeliest first, 5 that of the "
           "latent balancer, 6 none, to be adjusted by hand"),
        1, 6, 1,
    ),
    choice(
        "lights", N_("Ho_w many lights"),
        N_("Whether one color of light falls everywhere"),
        ("one", N_("One light"), N_("The whole picture is corrected alike")),
        ("several", N_("Several lights"),
         N_("Two lights are told apart, and each is corrected where it falls")),
    ),
    number(
        "iterations", N_("_Iterations"),
        N_("How often the correction is applied to its own result; it seldom changes anything"),
        1, 10, 1,
    ),
    switch(
        "keep-brightness", N_("_Keep brightness"),
        N_("Correct the color of each pixel and keep its luminance"),
    ),
    choice(
        "sample-from", N_("S_ample from"),
        N_("Where the light is judged; the correction itself always stays in the selection"),
        ("selection", N_("Selection"), N_("The selected part of the layer")),
        ("layer", N_("Whole layer"), N_("The whole layer, whatever is selected")),
    ),
    choice(
        "method", N_("Metho_d"),
        N_("How the correction is predicted"),
        ("lut", N_("Direct"), N_("The network writes the color table itself")),
        ("balancer", N_("Latent balancer"),
         N_("The network repairs the encoded picture, and the color table is fitted to that")),
    ),
    choice(
        *_OUTPUT, *_OUTPUTS,
        ("masked-layers", N_("Layers with masks"),
         N_("Put a group above the layer, with a layer for each light and a mask to paint on")),
    ),
    choice(
        "several-layers", N_("Several la_yers"),
        N_("What to do when several layers are selected"),
        ("each", N_("Each by itself"), N_("Predict a correction for each layer")),
        ("first", N_("All like the first"),
         N_("Predict the correction of the first layer and apply it to all")),
    ),
    choice(
        "device", N_("De_vice"),
        N_("What the network runs on"),
        ("auto", N_("Automatic"),
         N_("The graphics card if it can be used, else the processor")),
        ("cpu", N_("Processor"), N_("The processor (CPU)")),
        ("cuda", N_("Graphics card"), N_("The NVIDIA graphics card (CUDA)")),
    ),
    file(
        "lut-file", N_("LUT _file"),
        N_("Also save the applied correction as a color LUT (.cube and other formats)"),
        Gimp.FileChooserAction.SAVE,
    ),
    number(
        "lut-size", N_("LUT si_ze"),
        N_("Points along each axis of the color LUT that is predicted, applied and saved"),
        2, 129, 33,
    ),
    *TRIMS,
    text(
        "neutral-picks", N_("Neutral places"),
        N_("Places of the layer that are gray: X,Y or X,Y,RADIUS, with semicolons between them"),
    ),
    text(
        "skin-picks", N_("Skin places"),
        N_("Places of the layer that show skin: X,Y or X,Y,RADIUS, with semicolons between them"),
    ),
)  # fmt: skip

AGAIN: tuple[Argument, ...] = (OUTPUT,)

APPLY_LUT: tuple[Argument, ...] = (
    file(
        "lut-file", N_("LUT _file"),
        N_("The color LUT, in any format that the help page lists"),
        Gimp.FileChooserAction.ANY,
    ),
    STRENGTH,
    OUTPUT,
)  # fmt: skip

IDENTITY: tuple[Argument, ...] = (
    run_mode(),
    number(
        "level", N_("_Level"),
        N_("Level L holds L² steps of each channel in a square of L³ pixels a side"),
        2, 12, 8,
    ),
    image_result("image", N_("Image"), N_("The identity picture")),
)  # fmt: skip

EXPORT_IDENTITY: tuple[Argument, ...] = (
    file(
        "lut-file", N_("LUT _file"),
        N_("Where the color LUT is saved; the extension says the format"),
        Gimp.FileChooserAction.SAVE,
    ),
    number(
        "lut-size", N_("LUT si_ze"),
        N_("Points along each axis of the color LUT; 0 takes as many as the edit needs"), 0, 129, 0,
    ),
)  # fmt: skip
