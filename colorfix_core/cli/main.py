"""The command ``colorfix``: correct pictures, and make and apply LUT files, without GIMP.

Exit codes: 0, all done; 1, something failed, and standard error says what (the other pictures
were still worked on); 2, the command line makes no sense, and nothing was done; 130, interrupted.
"""

from __future__ import annotations

import argparse
import io
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from colorfix_core import __version__
from colorfix_core.errors import ColorFixError, ImageError, LutFileError
from colorfix_core.jobs.plan import Job, UsageError, plan, plan_luts, refuse_overwriting

# Nothing else is imported before it is needed, so that --help and mistakes answer at once.


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _print_any_name()
    _log_to_stderr()
    try:
        options = _parser().parse_args(arguments)
        return options.run(options)
    except UsageError as error:
        return _fail(error, 2)
    except ColorFixError as error:
        return _fail(error, 1)
    except ModuleNotFoundError as error:
        return _fail(f"the Python package {error.name} is missing; run install.py to get it", 1)
    except OSError as error:  # a name too long, or nobody reads what is printed
        return _fail(error, 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)


def fix(options: argparse.Namespace) -> int:
    """``colorfix fix``: correct each picture by what is seen in it."""
    jobs = plan(options.inputs, options.output, options.overwrite)
    luts = plan_luts(options.lut, jobs)
    from colorfix_core.pictures import store

    fixer = _fixer(options)

    def correct(source: Path, target: Path) -> None:
        store.format_of(target)
        picture = _read_visible(source)
        lut = _predict(fixer, picture, options)
        corrected = picture.corrected(lut)
        # The LUT goes first: if there is no room for it, no picture has changed.
        if luts:
            lut.save(luts[source])
        store.write(corrected, target)

    return _each(jobs, correct)


def apply(options: argparse.Namespace) -> int:
    """``colorfix apply``: pass pictures through a LUT file."""
    jobs = plan(options.inputs, options.output, options.overwrite)
    refuse_overwriting([(Path(options.lut), target) for _, target in jobs])
    from colorfix_core import Lut3D
    from colorfix_core.pictures import store

    lut = Lut3D.load(options.lut).blend(options.strength / 100)

    def correct(source: Path, target: Path) -> None:
        store.format_of(target)
        store.write(store.read(source).corrected(lut), target)

    return _each(jobs, correct)


def lut(options: argparse.Namespace) -> int:
    """``colorfix lut``: write the correction of a picture as a LUT file."""
    refuse_overwriting([(options.input, options.output)])
    picture = _read_visible(options.input)
    _predict(_fixer(options), picture, options, size=options.size).save(options.output)
    print(options.output)
    return 0


def info(options: argparse.Namespace) -> int:
    """``colorfix info``: what is installed, and which weights are found."""
    from importlib.metadata import version
    from platform import platform, python_version

    from colorfix_core.luts.apply import engine_name

    print(f"colorfix {__version__}")
    print(f"Python {python_version()} on {platform()}")
    for package in ("numpy", "torch", "diffusers", "pillow"):
        print(f"{package} {version(package)}")
    print(f"CPU engine: {engine_name()}")
    fixer = _fixer(options)
    print(f"device: {fixer.device}")
    for name, found in fixer.describe().items():
        print(f"{name}: {found}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="colorfix",
        description="Remove coloured lighting from photographs.",
        epilog="Exit codes: 0 done, 1 something failed, 2 wrong usage, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"colorfix {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(run: Callable, purpose: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(run.__name__, help=purpose, description=purpose)
        sub.set_defaults(run=run)
        return sub

    sub = command(fix, "correct pictures")
    _add_pictures(sub)
    _add_prediction(sub)
    sub.add_argument("--lut", metavar="FILE",
                     help="also write the LUT (.cube); a folder for several pictures")  # fmt: skip

    sub = command(apply, "pass pictures through a LUT file")
    sub.add_argument("lut", type=Path, metavar="LUT", help="a .cube file, or another LUT format")
    _add_pictures(sub)
    _add_strength(sub)

    sub = command(lut, "write the LUT that would correct a picture")
    sub.add_argument("input", type=Path, metavar="IN", help="a picture")
    sub.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.cube",
                     help="the LUT file to write")  # fmt: skip
    sub.add_argument("--size", type=int, choices=(17, 33, 65), default=33,
                     help="points along each axis of the LUT (default: 33)")  # fmt: skip
    _add_prediction(sub)

    sub = command(info, "show versions, device and weights")
    _add_device(sub)
    return parser


def _add_pictures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", type=Path, nargs="+", metavar="IN",
                        help="JPEG, PNG, TIFF or WebP pictures")  # fmt: skip
    parser.add_argument("-o", "--output", required=True, metavar="OUT",
                        help="a file, or a folder for the corrected pictures")  # fmt: skip
    parser.add_argument("--overwrite", action="store_true",
                        help="allow OUT to replace IN")  # fmt: skip


def _add_prediction(parser: argparse.ArgumentParser) -> None:
    _add_strength(parser)
    parser.add_argument("--iterations", type=_number(int, 1, 10), default=1, metavar="1..10",
                        help="how often the result is corrected again (default: 1)")  # fmt: skip
    parser.add_argument("--method", choices=("lut", "balancer"), default="lut",
                        help="which network predicts (default: lut)")  # fmt: skip
    _add_device(parser)


def _add_strength(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--strength", type=_number(float, 0, 100), default=100, metavar="0..100",
                        help="percent of the correction (default: 100)")  # fmt: skip


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda",
                        help="where the network runs (default: auto)")  # fmt: skip


def _number(kind: type, low: float, high: float) -> Callable[[str], float]:
    """An argparse type: a number in low..high."""

    def parse(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not in {low}..{high}")
        return value

    parse.__name__ = "number"
    return parse


def _read_visible(source: Path):
    """A picture in which there is something to be seen."""
    from colorfix_core.pictures import store

    picture = store.read(source)
    if picture.weights is not None and not picture.weights.any():
        raise ImageError(f"{source} is fully transparent: there is no colour to correct")
    return picture


def _fixer(options: argparse.Namespace):
    from colorfix_core import ColorFixer

    return ColorFixer.load(device=options.device)


def _predict(fixer, picture, options: argparse.Namespace, size: int = 33):
    """The LUT for a picture, at the strength asked for."""
    predicted = fixer.predict(
        picture.srgb(),
        iterations=options.iterations,
        method=options.method,
        mask=picture.weights,
        size=size,
    )
    while fixer.notes:
        print(f"colorfix: {fixer.notes.pop()}", file=sys.stderr)
    return predicted.blend(options.strength / 100)


def _each(jobs: list[Job], work: Callable[[Path, Path], None]) -> int:
    """Do all jobs, whatever becomes of each; returns the exit code."""
    from tqdm import tqdm

    failed = 0
    # disable=None shows no bar where standard error is not a terminal.
    for source, target in tqdm(jobs, unit="picture", disable=None if len(jobs) > 1 else True):
        try:
            work(source, target)
            tqdm.write(str(target))
        except (ImageError, LutFileError) as error:
            failed += 1
            tqdm.write(f"colorfix: {error}", file=sys.stderr)
        except MemoryError:
            failed += 1
            tqdm.write(f"colorfix: {source} is too large for the memory", file=sys.stderr)
    if failed and len(jobs) > 1:
        print(f"colorfix: {failed} of {len(jobs)} pictures failed", file=sys.stderr)
    return 1 if failed else 0


def _print_any_name() -> None:
    """File names need not be valid text; they are printed as the bytes that they are."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")


def _log_to_stderr() -> None:
    """Show what this package warns of, and nothing of what its libraries may have to say."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("colorfix: %(message)s"))
    logger = logging.getLogger("colorfix_core")
    logger.handlers = [handler]
    logger.propagate = False
    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        ours = r"colorfix_core\b"
        warnings.filterwarnings("once", category=UserWarning, module=ours)
        warnings.showwarning = lambda message, *_: print(f"colorfix: {message}", file=sys.stderr)


def _fail(reason: object, code: int) -> int:
    print(f"colorfix: {reason}", file=sys.stderr)
    return code
