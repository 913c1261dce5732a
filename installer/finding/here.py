"""Every GIMP on this machine, and those of them that a user means."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from installer import InstallError
from installer.finding import linux, macos, windows
from installer.finding.found import Found


class NoGimpError(InstallError):
    """There is no GIMP that the filter could be installed in."""


def find_all() -> list[Found]:
    """Every GIMP on this machine, also those that the filter cannot be installed in."""
    if sys.platform == "win32":
        return list(windows.find(os.environ))
    if sys.platform == "darwin":
        # What is translated for Intel is told that this were one; the kernel knows better.
        machine = "arm64" if "ARM64" in platform.version() else platform.machine()
        return list(macos.find(Path("/"), Path.home(), machine))
    return list(linux.find(os.environ.get("PATH", os.defpath), Path.home()))


def choose(found: list[Found], names: list[str]) -> list[Found]:
    """Those that a user means: the only one, those that are named, or "all".

    Raises
    ------
    NoGimpError : there is none that can be used; the reason is that of the first refused
    InstallError : there are several, or none of that name
    """
    usable = [one for one in found if not one.refusal]
    if names:
        if "all" in names:
            return usable or [_none(found)]
        return list(dict.fromkeys(one for name in names for one in _named(found, name)))
    if not usable:
        return [_none(found)]
    if len(usable) > 1:
        listed = "; ".join(f"{number}: {one}" for number, one in enumerate(usable, 1))
        raise InstallError(
            f"there is more than one GIMP ({listed}): say --gimp NUMBER, more than once if you "
            "like, or --gimp all"
        )
    return usable


def _named(found: list[Found], name: str) -> list[Found]:
    usable = [one for one in found if not one.refusal]
    if name.isdecimal() and 0 < int(name) <= len(usable):
        return [usable[int(name) - 1]]
    one = linux.named(name) if sys.platform == "linux" else None
    meant = [one] if one else [one for one in found if one.answers_to(name)]
    if not meant:
        raise NoGimpError(f"no GIMP 3 was found as {name}; --list says which there are")
    for one in meant:
        if one.refusal:
            raise NoGimpError(one.refusal)
    return meant


def _none(found: list[Found]) -> Found:
    for one in found:
        if one.refusal:
            raise NoGimpError(f"{one.place} cannot be used: {one.refusal}")
    raise NoGimpError("no GIMP 3 was found; install it, or name its program with --gimp")
