#!/usr/bin/env python3
"""Install the filter Remove Colored Lighting in GIMP 3 for the current user.

    python3 install.py                install it, or bring it up to date
    python3 install.py --list         say which GIMPs there are
    python3 install.py --dry-run      say what would be fetched and written
    python3 install.py --check        say whether it works; --json for programs
    python3 install.py --upgrade      bring it up to date in every GIMP that has it
    python3 install.py --uninstall    remove everything that was installed
    python3 install.py --demo [DIR]   correct a sample photograph, with GIMP or without

The filter gets an environment of Python with the packages that it needs. A GIMP of the
distribution uses the distribution's Python and torch; one that brings a Python of its own
(Flatpak, AppImage) gets an environment that does, too. Nothing outside the user's home folder
changes, and when something fails, what was there before is still there.

Exit codes: 0, done; 1, not done, and one sentence on standard error says why; 2, wrong usage.
Needs nothing but Python 3.11 or later.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("install.py: Python 3.11 or later is needed; this is " + sys.version.split()[0])

from installer import InstallError, checking, installing, plug_in, say
from installer.finding import here
from installer.finding.here import NoGimpError
from installer.gimp import Gimp, correct
from installer.places import alone
from installer.plan import CPU, CUDA, Python, Wish, for_itself, for_system
from installer.processes import clean_environment, last_line
from installer.runtime import Runtime

SOURCE = Path(__file__).resolve().parent
SAMPLE = SOURCE / "sample" / "portrait-magenta-light.jpg"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for and return the exit code."""
    options = _parser().parse_args(arguments)
    wish = Wish(options.torch, options.offline and options.offline.resolve(), options.python)
    try:
        if options.list:
            list_gimps()
        elif options.check:
            checking.check(installing.gimps(options.gimp, wish, quiet=options.json), options.json)
        else:
            with alone():
                _change(options, wish)
    except InstallError as error:
        return _fail(error)
    except shutil.Error as error:  # a list of what could not be copied
        return _fail(f"the plug-in could not be copied: {error.args[0][0][2]}")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}")
    except KeyboardInterrupt:
        return _fail("interrupted; what was there before is still there")
    return 0


def _change(options: argparse.Namespace, wish: Wish) -> None:
    """What changes something, or would."""
    if options.uninstall:
        say("Removed." if installing.forget_all() else "Nothing was installed.")
    elif options.demo is not None:
        demo(options.demo, options.gimp, wish, options.yes)
    elif options.upgrade:
        chosen = [gimp for gimp in installing.gimps(["all"], wish) if plug_in.is_in(gimp.plug_in)]
        if not chosen:
            raise InstallError("the filter is not installed in any GIMP that was found")
        installing.install(chosen, wish, options.yes, options.dry_run)
    else:
        chosen = installing.gimps(options.gimp, wish)
        installing.install(chosen, wish, options.yes, options.dry_run)


def list_gimps() -> None:
    """Say which GIMPs there are, and why some are not used."""
    found = here.find_all()
    usable = [one for one in found if not one.refusal]
    for number, one in enumerate(usable, 1):
        say(f"{number}: {one}")
    for one in found:
        if one.refusal:
            say(f"-: {one}; {one.refusal}")
    if not found:
        say("No GIMP was found.")


def demo(folder: Path, names: list[str], wish: Wish, agreed: bool) -> None:
    """Correct the sample photograph; leave the picture, the LUT and a before/after sheet."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    files = ("corrected.png", "correction.cube", "before-after.png")
    picture, lut, sheet = (folder / name for name in files)
    if gimp := _gimp_for_demo(names, wish):
        runtime = installing.install([gimp], wish, agreed)
        photo = folder / SAMPLE.name  # a GIMP in a sandbox may not see where this lies
        shutil.copyfile(SAMPLE, photo)
        correct(gimp, photo, picture, lut)
    else:
        runtime = _runtime_without_gimp(wish, agreed)
        say(f"Its packages: {runtime.site_packages}")
        say(f"The command line, in {SOURCE}: {runtime.python} -m colorfix_core")
        _run(runtime, "-m", "colorfix_core", "fix", SAMPLE, "-o", picture, "--lut", lut)
    if runtime:
        _run(runtime, SOURCE / "sample" / "make_sheet.py", SAMPLE, picture, sheet)
    say(f"The photograph:   {SAMPLE}")
    say(f"Corrected:        {picture}")
    say(f"As a LUT:         {lut}")
    say(f"Before and after: {sheet}")


def _gimp_for_demo(names: list[str], wish: Wish) -> Gimp | None:
    try:
        return installing.gimps(names, wish, required=False)[0]
    except NoGimpError as error:
        say(f"Without GIMP: {error}.")
        return None


def _runtime_without_gimp(wish: Wish, agreed: bool) -> Runtime:
    """An environment of the Python that runs this, or of one that is fetched."""
    version = sys.version_info[:2]
    if wish.python:
        plan = for_itself(version, wish)
    else:
        plan = for_system(Python(sys.executable, version), wish)
    return installing.make_runtime(plan, wish, agreed)


def _run(runtime: Runtime, *arguments: object) -> None:
    """Run something of this folder in the runtime; the core's errors are sentences already."""
    environment = clean_environment(PYTHONPATH=str(SOURCE), PYTHONSAFEPATH="1")
    command = [runtime.python, *map(str, arguments)]
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, errors="replace")  # fmt: skip
    if done.returncode:
        raise InstallError(last_line(done.stderr).removeprefix("colorfix: "))


def _fail(reason: object) -> int:
    print(f"install.py: {reason}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Install the filter Remove Colored Lighting in GIMP 3 for the current user.",
        epilog="Exit codes: 0 done, 1 not done, 2 wrong usage.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="say which GIMPs there are")
    what.add_argument("--check", action="store_true", help="say whether the filter works")
    what.add_argument("--upgrade", action="store_true",
                      help="bring it up to date in every GIMP that has it")  # fmt: skip
    what.add_argument("--uninstall", action="store_true", help="remove what was installed")
    what.add_argument("--demo", nargs="?", type=Path, const=Path("demo-output"), metavar="DIR",
                      help="correct a sample photograph, with GIMP or without; "
                           "the results go to DIR (default: demo-output)")  # fmt: skip
    parser.add_argument("--gimp", action="append", default=[], metavar="WHICH",
                        help="a program, an AppImage, a number or kind out of --list, or all; "
                             "may be said more than once")  # fmt: skip
    torch = parser.add_mutually_exclusive_group()
    torch.add_argument("--cpu", dest="torch", action="store_const", const=CPU,
                       help="torch for the processor; the system's if there is one")  # fmt: skip
    torch.add_argument("--cuda", dest="torch", action="store_const", const=CUDA,
                       help="torch for NVIDIA cards, on Linux: 2.8 GB are fetched")  # fmt: skip
    parser.add_argument("--offline", type=Path, metavar="DIR",
                        help="fetch nothing; all packages are wheels in DIR")  # fmt: skip
    parser.add_argument("--python", metavar="PROGRAM",
                        help="what a GIMP with a Python of its own is served with, "
                             "instead of a Python that is fetched")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--json", action="store_true", help="with --check: for programs")
    parser.add_argument("--yes", action="store_true", help="do not ask before fetching")
    return parser


if __name__ == "__main__":
    sys.exit(main())
