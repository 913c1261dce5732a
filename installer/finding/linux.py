"""GIMP on Linux: packages of the distribution, Flatpaks, AppImages, Snaps."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from installer.finding.found import Found, refusal_of

# GIMP's consoles need no screen; the plain programs do with -i.
_PROGRAM = re.compile(r"gimp(-console)?(-3(\.\d+)?)?")
_FLATPAK = "org.gimp.GIMP"
_NO_SNAP = (
    "GIMP from a Snap does not load plug-ins of users; install GIMP from Flathub, an AppImage or "
    "your distribution"
)
# Where people keep them, below the home folder and elsewhere.
_APPIMAGES = ("Applications", "AppImages", "Downloads", "Desktop", "bin", ".local/bin", "Apps", "")
_APPIMAGES_OF_ALL = ("/opt", "/usr/local/bin", "/Applications")


def find(path: str, home: Path) -> Iterator[Found]:
    """All of them.

    Parameters
    ----------
    path : where programs are looked for, as PATH has it
    home : the user's folder
    """
    yield from _programs(path)
    yield from _flatpaks(path)
    yield from _appimages([*(home / one for one in _APPIMAGES), *map(Path, _APPIMAGES_OF_ALL)])


def named(name: str) -> Found | None:
    """The GIMP that a user has named by its program or AppImage."""
    program = shutil.which(name)
    if program is None:
        return None
    if program.lower().endswith(".appimage"):
        return _appimage(Path(program))
    return _program(Path(program))


def _programs(path: str) -> Iterator[Found]:
    """One for each version in each folder, since GIMP comes with several programs."""
    seen = set()
    for folder in dict.fromkeys(Path(one) for one in path.split(":") if one):
        names = [one for one in _names_in(folder) if _PROGRAM.fullmatch(one)]
        for name in sorted(names, key=lambda name: ("console" not in name, -len(name), name)):
            found = _program(folder / name)
            if found and (key := (found.kind, folder.resolve(), found.version)) not in seen:
                seen.add(key)
                yield found


def _names_in(folder: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return [one.name for one in folder.iterdir()]
    return []


def _program(program: Path) -> Found | None:
    if program.resolve().name == "snap" or str(program).startswith("/snap/"):
        return Found("Snap", str(program), (str(program),), None, _NO_SNAP)
    if (version := _version(str(program))) is None:
        return None
    # A wrapper that Flatpak exports is found as what it is.
    if "/flatpak/exports/" in str(program.resolve()):
        return None
    return Found("installed", str(program), (str(program),), version, refusal_of(version))


def _version(*command: str) -> str | None:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run([*command, "--version"], capture_output=True, text=True,
                                errors="replace", timeout=60)  # fmt: skip
        if found := re.search(r"version (\d+(?:\.\d+)+)", answer.stdout):
            return found[1]
    return None


def _flatpaks(path: str) -> Iterator[Found]:
    """The user's and the system's."""
    flatpak = shutil.which("flatpak", path=path)
    if flatpak is None:
        return
    command = [flatpak, "list", "--app", "--columns=application,version,branch,installation"]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.run(command, capture_output=True, text=True, timeout=60)
        for line in listed.stdout.splitlines():
            application, version, branch, owner = [*line.split("\t"), "", "", ""][:4]
            if application.strip() != _FLATPAK:
                continue
            run = [flatpak, "run", *([f"--{owner}"] if owner in ("user", "system") else [])]
            reference = f"{_FLATPAK}//{branch}" if branch else _FLATPAK
            refusal = refusal_of(version or None)
            yield Found(f"Flatpak of the {owner or 'system'}", reference, (*run, reference),
                        version or None, refusal)  # fmt: skip


def _appimages(folders: list[Path]) -> Iterator[Found]:
    for folder in folders:
        for name in sorted(_names_in(folder)):
            if re.fullmatch(r"gimp.*\.appimage", name, re.IGNORECASE):
                yield _appimage(folder / name)


def _appimage(file: Path) -> Found:
    """An AppImage, its version as its name has it."""
    version = re.search(r"\d+(\.\d+)+", file.name)
    known = version[0] if version else None
    return Found("AppImage", str(file), (str(file),), known, refusal_of(known))
