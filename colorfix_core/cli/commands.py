"""The verbs of the command line; each takes the parsed options and returns the exit code.

What is heavy is imported when a verb runs, so that --help and mistakes answer at once.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from colorfix_core import __version__
from colorfix_core.jobs.plan import UsageError, plan, plan_luts, refuse_overwriting
from colorfix_core.messages import tell

if TYPE_CHECKING:
    from colorfix_core.fixer import ColorFixer
    from colorfix_core.jobs.one import Wish


def fix(options: Namespace) -> int:
    """``colorfix fix``: correct each picture by what is seen in it."""
    _refuse_mixture(options)
    jobs = plan(options.inputs, options.output, options.overwrite)
    luts = plan_luts(options.lut, jobs, options.lights)
    from colorfix_core.jobs import one, run

    with run.telling():
        fixer, wish = _fixer(options), _wish(options, lights=options.lights)

    def correct(source: Path, target: Path) -> None:
        one.fix(fixer, wish, source, target, luts.get(source))

    return 1 if run.each(jobs, correct, options.debug) else 0


def apply(options: Namespace) -> int:
    """``colorfix apply``: pass pictures through a LUT file."""
    jobs = plan(options.inputs, options.output, options.overwrite)
    refuse_overwriting([(Path(options.lut), target) for _, target in jobs])
    from colorfix_core.jobs import one, run
    from colorfix_core.luts.lut import Lut3D

    with run.telling():
        lut = Lut3D.load(options.lut).blend(options.strength / 100)

    def correct(source: Path, target: Path) -> None:
        one.apply(lut, source, target)

    return 1 if run.each(jobs, correct, options.debug) else 0


def lut(options: Namespace) -> int:
    """``colorfix lut``: write the correction of a picture as a LUT file."""
    refuse_overwriting([(options.input, options.output)])
    from colorfix_core.jobs import one, run

    with run.telling():
        picture = one.read_visible(options.input)
        one.predict_lut(_fixer(options), picture, _wish(options, options.size)).save(options.output)
    print(options.output)
    return 0


def info(options: Namespace) -> int:
    """``colorfix info``: what is installed, and which weights are found."""
    from importlib.metadata import version
    from platform import platform, python_version

    from colorfix_core.luts.apply import engine_name
    from colorfix_core.pictures.little_cms import versions, warning

    print(f"colorfix {__version__}")
    print(f"Python {python_version()} on {platform()}")
    for package in ("numpy", "torch", "diffusers", "pillow"):
        print(f"{package} {version(package)}")
    for package, little_cms in versions().items():
        print(f"lcms2 {little_cms} (in {package})")
    print(f"CPU engine: {engine_name()}")
    fixer = _fixer(options)
    if sentence := warning():
        tell(sentence)
    print(f"device: {fixer.device}")
    for name, found in fixer.describe().items():
        print(f"{name}: {found}")
    return 0


VERBS: dict[str, Callable[[Namespace], int]] = {f.__name__: f for f in (fix, apply, lut, info)}


def _refuse_mixture(options: Namespace) -> None:
    if options.lights != "one" and (options.method != "lut" or options.iterations > 1):
        raise UsageError("--lights several goes with the method lut and one iteration only")


def _fixer(options: Namespace) -> ColorFixer:
    from colorfix_core.fixer import ColorFixer

    return ColorFixer.load(device=options.device)


def _wish(options: Namespace, size: int = 33, lights: str = "one") -> Wish:
    from colorfix_core.jobs.one import Wish

    return Wish(
        strength=options.strength / 100,
        keep_brightness=options.keep_brightness,
        iterations=options.iterations,
        thoroughness=options.thoroughness,
        method=options.method,
        size=size,
        lights=lights,
        picks=tuple(
            [("neutral", place) for place in options.neutral]
            + [("skin", place) for place in options.skin]
        ),
        film_contrast=options.film_contrast,
        temperature=options.temperature,
        tint=options.tint,
        exposure=options.exposure,
        saturation=options.saturation,
    )
