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
    from colorfix_core.luts.converted import converted
    from colorfix_core.luts.lut import Lut3D
    from colorfix_core.luts.spaces.reading import meaning_of

    with run.telling():
        read = Lut3D.load(options.lut)
        meaning = meaning_of(read, options.lut, options.lut_space, options.lut_output)
        lut = converted(read, meaning, options.strength / 100)

    def correct(source: Path, target: Path) -> None:
        one.apply(lut, source, target)

    return 1 if run.each(jobs, correct, options.debug) else 0


def lut(options: Namespace) -> int:
    """``colorfix lut``: write the correction of a picture, or an edit, as a LUT file."""
    sources = _sources_of_lut(options)
    from colorfix_core.jobs import editor_presets, one, run

    files = [*editor_presets.files_of(options.output), *filter(None, [options.difference])]
    refuse_overwriting([(source, file) for source in sources for file in files])
    if options.before:
        return _lut_of_edit(options)
    size = options.size or (32 if options.output.suffix.lower() == ".xmp" else 33)
    with run.telling():
        picture = one.read_visible(options.input)
        predicted = one.predict_lut(_fixer(options), picture, _wish(options, size))
        editor_presets.save(predicted, options.output)
    print(options.output)
    return 0


def _sources_of_lut(options: Namespace) -> list[Path]:
    """The pictures that a LUT is made from: one, or two of an edit."""
    edit = [path for path in (options.before, options.after) if path]
    if len(edit) == 1 or bool(edit) == bool(options.input):
        raise UsageError("a LUT is made from one picture, or from an edit: --before A --after B")
    if options.difference and not edit:
        raise UsageError("--difference goes with --before and --after only")
    return edit or [options.input]


def _lut_of_edit(options: Namespace) -> int:
    from colorfix_core.jobs import editor_presets, edits, run

    with run.telling():
        edit = edits.read(options.before, options.after)
        lut = edits.named(edit, options.before, options.after, options.size or 33)
        if options.difference:
            edits.write_difference(edit, options.difference)
        editor_presets.save(lut.blend(options.strength / 100), options.output)
        tell(edit.sentence())
    print(options.output)
    return 0


def match(options: Namespace) -> int:
    """``colorfix match``: give pictures the colors of a reference."""
    jobs = plan(options.inputs, options.output, options.overwrite)
    refuse_overwriting([(options.reference, target) for _, target in jobs])
    luts = plan_luts(options.lut, jobs)
    from colorfix_core.jobs import matches, one, run

    with run.telling():
        reference = one.read_visible(options.reference)

    def correct(source: Path, target: Path) -> None:
        matches.match(source, reference, target, options.strength / 100, luts.get(source))

    return 1 if run.each(jobs, correct, options.debug) else 0


def chart(options: Namespace) -> int:
    """``colorfix chart``: write the LUT of a picture in which a color chart is held."""
    from colorfix_core.jobs import editor_presets, matches, run

    refuse_overwriting([(options.input, file) for file in editor_presets.files_of(options.output)])
    with run.telling():
        found = matches.chart(options.input, options.corners)
        editor_presets.save(found.lut, options.output)
        tell(found.sentence())
    print(options.output)
    print("\n".join(found.lines()))
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


VERBS: dict[str, Callable[[Namespace], int]] = {
    f.__name__: f for f in (fix, apply, lut, match, chart, info)
}


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
