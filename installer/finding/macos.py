"""GIMP on macOS: the app from its disk image, Homebrew's, MacPorts'."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from pathlib import Path

from installer.finding.found import Found, refusal_of

INTEL = (
    "torch is not made for Macs with Intel processors any more; use the filter on a Mac with an "
    "Apple processor, or on Linux or Windows"
)


def find(root: Path, home: Path, machine: str) -> Iterator[Found]:
    """All of them.

    Parameters
    ----------
    root : ``/``
    home : the user's folder
    machine : the processor, as `platform.machine` has it
    """
    brewed = [*root.glob("opt/homebrew/Caskroom/gimp*"), *root.glob("usr/local/Caskroom/gimp*")]
    for folder in (root / "Applications", home / "Applications", root / "Applications/MacPorts"):
        for app in sorted(folder.glob("GIMP*.app")):
            kind = "Homebrew's app" if brewed and folder.name == "Applications" else "app"
            kind = "MacPorts' app" if folder.name == "MacPorts" else kind
            yield from _app(app, kind, machine)


def _app(app: Path, kind: str, machine: str) -> Iterator[Found]:
    programs = app / "Contents" / "MacOS"
    consoles = sorted(programs.glob("gimp-console*"), key=lambda path: len(path.name))
    program = consoles[-1] if consoles else programs / "gimp"
    if not program.exists():
        return
    version = _version(app)
    # Python under Rosetta says x86_64 as well; what is made for Intel would not be fast there.
    refusal = INTEL if machine == "x86_64" else refusal_of(version)
    yield Found(kind, str(app), (str(program),), version, refusal)


def _version(app: Path) -> str | None:
    try:
        with (app / "Contents" / "Info.plist").open("rb") as stream:
            return str(plistlib.load(stream)["CFBundleShortVersionString"])
    except (OSError, KeyError, plistlib.InvalidFileException, ValueError):
        return None
