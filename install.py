#!/usr/bin/env python3
"""Install the filter Remove Colored Lighting in GIMP 3 for the current user.

    python3 install.py                install it, or bring it up to date
    python3 install.py --check        say whether it works
    python3 install.py --uninstall    remove everything that was installed
    python3 install.py --demo [DIR]   correct a sample photograph, with GIMP or without

GIMP's own Python gets a virtual environment with the packages that the filter needs; packages
that the system already has, torch above all, are used as they are. Nothing outside the user's
home folder changes, and when something fails, what was there before is still there.

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

from installer import InstallError, launcher, plug_in, say
from installer import runtime as runtimes
from installer.gimp import Gimp, NoGimpError, correct, find_gimp, prove
from installer.processes import clean_environment, last_line
from installer.runtime import Python, Runtime

SOURCE = Path(__file__).resolve().parent
SAMPLE = SOURCE / "sample" / "portrait-magenta-light.jpg"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.uninstall:
            uninstall()
        elif options.check:
            check(find_gimp(options.gimp))
        elif options.demo is not None:
            demo(options.demo, options.gimp)
        else:
            install(find_gimp(options.gimp))
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


def install(gimp: Gimp) -> Runtime:
    """Put the filter into GIMP, and prove that it is there."""
    say(f"Found {gimp}")
    with runtimes.ready_for(gimp.python) as runtime:
        with plug_in.installed(gimp, runtime):
            prove(gimp)
            plug_in.remember(gimp.plug_in)
        say(f"Installed in {gimp.plug_in}")
    if command := launcher.write(runtime, gimp.plug_in):
        say(f"The command line: {command}")
    say("In GIMP: Filters > Color > Remove Colored Lighting")
    return runtime


def check(gimp: Gimp) -> None:
    """Say whether the installed filter works."""
    say(f"Found {gimp}")
    runtime = plug_in.runtime_of(gimp.plug_in)
    prove(gimp)
    say(f"The plug-in: {gimp.plug_in}")
    say(f"Its packages: {runtime.site_packages}")
    say("The filter is registered, and it works.")


def uninstall() -> None:
    """Remove what was installed, and nothing else."""
    found = [plug_in.remove_all(), launcher.remove(), runtimes.remove_all()]
    say("Removed." if any(found) else "Nothing was installed.")


def demo(folder: Path, program: str | None) -> None:
    """Correct the sample photograph; leave the picture, the LUT and a before/after sheet."""
    gimp = None
    try:
        gimp = find_gimp(program)
    except NoGimpError as error:
        say(f"Without GIMP: {error}.")
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    names = ("corrected.png", "correction.cube", "before-after.png")
    picture, lut, sheet = (folder / name for name in names)
    if gimp:
        runtime = install(gimp)
        correct(gimp, SAMPLE, picture, lut)
    else:
        with runtimes.ready_for(Python(sys.executable, sys.version_info[:2])) as runtime:
            say(f"Its packages: {runtime.site_packages}")
        _run(runtime, "-m", "colorfix_core", "fix", SAMPLE, "-o", picture, "--lut", lut)
    _run(runtime, SOURCE / "sample" / "make_sheet.py", SAMPLE, picture, sheet)
    say(f"The photograph:   {SAMPLE}")
    say(f"Corrected:        {picture}")
    say(f"As a LUT:         {lut}")
    say(f"Before and after: {sheet}")


def _run(runtime: Runtime, *arguments: object) -> None:
    """Run something of this folder in the runtime; the core's errors are sentences already."""
    environment = {**clean_environment(), "PYTHONPATH": str(SOURCE), "PYTHONSAFEPATH": "1"}
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
    what.add_argument("--check", action="store_true", help="say whether the filter works")
    what.add_argument("--uninstall", action="store_true", help="remove what was installed")
    what.add_argument("--demo", nargs="?", type=Path, const=Path("demo-output"), metavar="DIR",
                      help="correct a sample photograph, with GIMP or without; "
                           "the results go to DIR (default: demo-output)")  # fmt: skip
    parser.add_argument("--gimp", metavar="PROGRAM", help="which GIMP 3, if not the usual one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
