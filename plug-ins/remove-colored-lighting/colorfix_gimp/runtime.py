"""The way from GIMP's Python to the core and the packages that the installer put in place."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colorfix_gimp.failures import Failure
from colorfix_gimp.translation import _

if TYPE_CHECKING:  # the core may be missing where this is imported
    from colorfix_core.service.processes import Installation

HERE = Path(__file__).resolve().parents[1]
IN_PROCESS, HELPER = "in-process", "helper"


class Missing(Failure):
    """There is no runtime for this Python, or no longer: one would have to be made."""


def connect() -> None:
    """Make `colorfix_core` importable, and its packages where the engine works in this process.

    Raises
    ------
    Missing
        If the runtime was never installed, has gone since, or is for another Python.
    Failure
        If other users could change it.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    found = _written_down()
    folders = found.site_packages
    _refuse_open(folders)
    for folder in folders:
        if not Path(folder).is_dir():
            raise Missing(
                _("The filter's runtime is gone from {folder}; run install.py again.").format(
                    folder=folder
                )
            )
        if found.engine == HELPER:
            continue
        _refuse_other_python(folder)
        if folder not in sys.path:
            sys.path.append(folder)


def _refuse_open(folders: Sequence[str]) -> None:
    """Import nothing from where another user of this computer could put a module of theirs."""
    from colorfix_core.service import peers

    for folder in peers.open_to_others((HERE, *folders)):
        raise Failure(
            _(
                "Other users of this computer could change {folder}, so nothing is run from there; "
                "take the permission to write from them, or run install.py again."
            ).format(folder=folder)
        )
    # What PYTHONPATH has brought is not needed here.
    strangers = peers.open_to_others(sys.path)
    sys.path[:] = [folder for folder in sys.path if folder not in strangers]


def _refuse_other_python(folder: str) -> None:
    """A new GIMP takes over the plug-ins of the last one, and may have another Python."""
    made_for = re.search(r"python(\d+\.\d+)[/\\]site-packages", folder)
    if made_for and made_for[1] != _python_version():
        raise _for_other(made_for[1])


def _for_other(python: str) -> Missing:
    """Installed for Python "3.13", and this is another."""
    return Missing(
        _(
            "The filter was installed for Python {other}, but this GIMP has Python {ours}; "
            "run install.py again."
        ).format(other=python, ours=_python_version())
    )


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@cache
def installation() -> Installation:
    """What the warm process is started with; `connect` must have succeeded."""
    from colorfix_core.service.processes import Installation

    found = _written_down()
    return Installation(HERE, found.python, found.site_packages, _version())


def engine() -> str:
    """Where the engine works, `IN_PROCESS` or `HELPER`: what the install check has proved.

    COLORFIX_ENGINE in GIMP's environment overrides that.
    """
    return _written_down().engine


@dataclass(frozen=True)
class _Runtime:
    """What the installer knew: the folders to import from, the Python they are for, the engine."""

    site_packages: tuple[str, ...]
    python: str | None
    engine: str


def _written_down() -> _Runtime:
    try:
        found = json.loads((HERE / "runtime.json").read_text("utf-8"))
        if "runtimes" in found:
            found = _of_this_python(found["runtimes"])
        chosen = os.environ.get("COLORFIX_ENGINE") or found.get("engine", IN_PROCESS)
        return _Runtime(tuple(found["site_packages"]), found.get("python"), chosen)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Missing(
            _(
                "The filter's runtime is not installed; choose the filter from GIMP's menu to "
                "set it up, or run install.py."
            )
        ) from error


def _of_this_python(runtimes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The runtime for this Python; an update may have brought one that nothing is made for.

    Raises
    ------
    Missing : there are only runtimes for other versions
    KeyError : there is none for this GIMP
    """
    for other in runtimes.keys() - {tag()}:
        version = re.match(r"cpython-(\d)(\d+)(.*)", other)
        ours = tag().removeprefix(sys.implementation.cache_tag or "python")
        if tag() not in runtimes and version and version[3] == ours:
            raise _for_other(f"{version[1]}.{version[2]}")
    return runtimes[tag()]


def tag() -> str:
    """Which Python this is: several GIMPs, each with its own, may share this folder.

    The installer, which asks each of them, makes it in the same way.
    """
    cache_tag = sys.implementation.cache_tag or "python"
    if os.path.exists("/.flatpak-info"):
        return f"{cache_tag}-flatpak"
    mounted = os.environ.get("APPDIR")
    if mounted and sys.executable.startswith(mounted):
        return f"{cache_tag}-appimage"
    return cache_tag


def _version() -> str:
    """Changes whenever the core, the models or the runtime is installed anew."""
    kinds = ("runtime.json", "colorfix_core/**/*.py", "models/*/*")
    files = [file for kind in kinds for file in HERE.glob(kind)]
    times = "\n".join(f"{file} {file.stat().st_mtime_ns}" for file in sorted(files))
    return hashlib.sha256(times.encode()).hexdigest()[:32]
