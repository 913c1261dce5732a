"""What the command line can be told, as a table: one row an argument, one list a command."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from colorfix_core import __version__
from colorfix_core.adjustments import places
from colorfix_core.luts.spaces.names import SPACES
from colorfix_core.pictures.table import named


@dataclass(frozen=True)
class Argument:
    """One argument; `rest` is what argparse's `add_argument` takes besides name and help."""

    names: tuple[str, ...]
    help: str
    rest: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """One verb of the command line."""

    name: str
    purpose: str
    arguments: Sequence[Argument]


def parser(
    commands: Sequence[Command], verbs: dict[str, Callable[[argparse.Namespace], int]]
) -> argparse.ArgumentParser:
    """A parser whose result's `run` is the verb of the command that was given."""
    root = argparse.ArgumentParser(
        prog="colorfix",
        description="Remove coloured lighting from photographs.",
        epilog="Exit codes: 0 done, 1 something failed, 2 wrong usage, 130 interrupted, "
        "129 or 143 told to end.",
    )
    _add(root, DEBUG)
    root.add_argument("--version", action="version", version=f"colorfix {__version__}")
    choices = root.add_subparsers(required=True, metavar="COMMAND")
    for command in commands:
        sub = choices.add_parser(command.name, help=command.purpose, description=command.purpose)
        sub.set_defaults(run=verbs[command.name])
        for argument in command.arguments:
            _add(sub, argument)
        # Not given here, it must not undo what stands before the command.
        _add(sub, replace(DEBUG, rest={**DEBUG.rest, "default": argparse.SUPPRESS}))
    return root


def _add(to: argparse.ArgumentParser, argument: Argument) -> None:
    to.add_argument(*argument.names, help=argument.help, **argument.rest)


def _number(kind: type, low: float, high: float) -> Callable[[str], float]:
    """An argparse type: a number in low..high."""

    def parse(text: str) -> float:
        value: float = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not in {low}..{high}")
        return value

    parse.__name__ = "number"
    return parse


def _point(text: str) -> tuple[float, float]:
    """An argparse type: two numbers with a comma between them."""
    x, y = text.split(",")
    return float(x), float(y)


_point.__name__ = "point"
_INPUTS = Argument(
    ("inputs",),
    f"pictures: {named()}",
    {"type": Path, "nargs": "+", "metavar": "IN"},
)
_OUTPUT = Argument(
    ("-o", "--output"),
    "a file, or a folder for the corrected pictures",
    {"required": True, "metavar": "OUT"},
)
_OVERWRITE = Argument(("--overwrite",), "allow OUT to replace IN", {"action": "store_true"})
_STRENGTH = Argument(
    ("--strength",),
    "percent of the correction (default: 100)",
    {"type": _number(float, 0, 100), "default": 100, "metavar": "0..100"},
)
_MORE_STRENGTH = Argument(
    ("--strength",),
    "percent of the correction; above 100 it goes on (default: 100)",
    {"type": _number(float, 0, 200), "default": 100, "metavar": "0..200"},
)
_DEVICE = Argument(
    ("--device",),
    "where the network runs (default: auto)",
    {"default": "auto", "metavar": "auto|cpu|cuda"},
)


def _known(name: str, meaning: str) -> Argument:
    """A place of which the user knows what it shows."""
    return Argument(
        (f"--{name}",),
        f"what lies at this pixel of the picture is {meaning}, averaged over R pixels around it; "
        "may be given several times",
        {"type": places.parse, "action": "append", "default": [], "metavar": "X,Y[,R]"},
    )


def _trim(name: str, meaning: str, most: float) -> Argument:
    return Argument(
        (f"--{name}",),
        f"{meaning} (default: 0)",
        {"type": _number(float, -most, most), "default": 0, "metavar": f"-{most}..{most}"},
    )


_LAST_WORD = (
    _known("neutral", "gray"),
    _known("skin", "skin"),
    _trim("temperature", "yellower, or bluer below 0, along the color of daylight", 100),
    _trim("tint", "more magenta, or greener below 0", 100),
    _trim("exposure", "brighter by this power of two", 3),
    _trim("saturation", "more saturated, in percent, of the same hue; -100 is gray", 100),
    Argument(
        ("--film-contrast",),
        "give a faded slide or print its black and white back",
        {"action": "store_true"},
    ),
)
_PREDICTION = (
    _MORE_STRENGTH,
    Argument(
        ("--keep-brightness",),
        "correct the colour of each pixel and keep its luminance",
        {"action": "store_true"},
    ),
    Argument(
        ("--thoroughness",),
        "0 leaves doubtful colours alone, 1 takes every cast away (default: 0.5)",
        {"type": _number(float, 0, 1), "default": 0.5, "metavar": "0..1"},
    ),
    Argument(
        ("--iterations",),
        "how often the result is corrected again (default: 1)",
        {"type": _number(int, 1, 10), "default": 1, "metavar": "1..10"},
    ),
    Argument(
        ("--method",),
        "which network predicts (default: lut)",
        {"choices": ("lut", "balancer"), "default": "lut"},
    ),
    _DEVICE,
    *_LAST_WORD,
)

DEBUG = Argument(
    ("--debug",), "show where in the program an error occurred", {"action": "store_true"}
)

COMMANDS = (
    Command(
        "fix",
        "correct pictures",
        (
            _INPUTS,
            _OUTPUT,
            _OVERWRITE,
            *_PREDICTION,
            Argument(
                ("--lights",),
                "several: correct two lights apart, each where it falls (default: one)",
                {"choices": ("one", "several"), "default": "one"},
            ),
            Argument(
                ("--lut",),
                "also write the LUT (.cube); a folder for several pictures. Of several lights: "
                "NAME-1.cube, NAME-2.cube and where the second applies, NAME-mask-2.png",
                {"metavar": "FILE"},
            ),
        ),
    ),
    Command(
        "apply",
        "pass pictures through a LUT file",
        (
            Argument(
                ("lut",),
                "a .cube file, or another LUT format",
                {"type": Path, "metavar": "LUT"},
            ),
            _INPUTS,
            _OUTPUT,
            _OVERWRITE,
            _STRENGTH,
            Argument(
                ("--lut-space",),
                "the encoding of the colors that the LUT takes (default: what its name or comments "
                "say, and otherwise srgb)",
                {"choices": [space.key for space in SPACES]},
            ),
            Argument(
                ("--lut-output",),
                "the encoding of the colors that it gives (default: what its name says, rec709 for "
                "cameras' logs, and otherwise what it takes)",
                {"choices": [space.key for space in SPACES]},
            ),
        ),
    ),
    Command(
        "lut",
        "write the LUT that would correct a picture, or the LUT of an edit",
        (
            Argument(
                ("input",),
                "a picture; none with --before and --after",
                {"type": Path, "metavar": "IN", "nargs": "?"},
            ),
            Argument(
                ("-o", "--output"),
                "the LUT file to write",
                {"type": Path, "required": True, "metavar": "FILE.cube"},
            ),
            Argument(
                ("--size",),
                "points along each axis of the LUT (default: 33, and 32 for .xmp, which has no "
                "more)",
                {"type": int, "choices": (17, 32, 33, 65)},
            ),
            Argument(
                ("--before",),
                "with --after: write the LUT of an edit that was made anywhere, and say what of "
                "it no LUT holds",
                {"type": Path, "metavar": "A"},
            ),
            Argument(
                ("--after",), "the same picture after the edit", {"type": Path, "metavar": "B"}
            ),
            Argument(
                ("--difference",),
                "also write what remains of an edit as a gray picture: white is a CIEDE2000 of 20",
                {"type": Path, "metavar": "FILE.png"},
            ),
            *_PREDICTION,
        ),
    ),
    Command(
        "match",
        "make the colors of pictures lie as a reference's do",
        (
            _INPUTS,
            Argument(
                ("--reference",),
                "a picture that shows similar things in the wanted light",
                {"type": Path, "required": True, "metavar": "REF"},
            ),
            _OUTPUT,
            _OVERWRITE,
            _STRENGTH,
            Argument(
                ("--lut",),
                "also write the LUT (.cube); a folder for several pictures",
                {"metavar": "FILE"},
            ),
        ),
    ),
    Command(
        "chart",
        "write the LUT that makes the patches of a color chart right",
        (
            Argument(
                ("input",),
                "a picture in which a chart of 24 patches (ColorChecker Classic) is held",
                {"type": Path, "metavar": "IN"},
            ),
            Argument(
                ("-o", "--output"),
                "the LUT file to write",
                {"type": Path, "required": True, "metavar": "FILE.cube"},
            ),
            Argument(
                ("--corners",),
                "the outer corners of the chart's corner patches, in order around, in pixels from "
                "the upper left (default: the chart is looked for)",
                {"type": _point, "nargs": 4, "metavar": "X,Y"},
            ),
        ),
    ),
    Command("info", "show versions, device and weights", (_DEVICE,)),
)
