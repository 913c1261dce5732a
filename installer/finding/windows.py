"""GIMP on Windows: its installer's, for one user or all, and the Store's."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from installer.finding.found import Found, refusal_of

ARM = (
    "torch is not made for Windows on ARM; use the filter on a PC with an Intel or AMD processor, "
    "or on Linux or a Mac"
)
_CONSOLE = re.compile(r"gimp-console(-\d+(\.\d+)?)?\.exe", re.IGNORECASE)
_UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall"


def find(environment: Mapping[str, str], noted: Iterator[Path] | None = None) -> Iterator[Found]:
    """All of them.

    Parameters
    ----------
    environment : LOCALAPPDATA, ProgramFiles and so on, and PROCESSOR_ARCHITECTURE
    noted : folders that installers have noted; None: those in the registry
    """
    refusal = ARM if is_arm(environment) else None
    seen = set()
    for kind, folder in _folders(environment, noted if noted is not None else _in_registry()):
        for console in _consoles(folder):
            if (key := str(console).lower()) in seen:
                continue
            seen.add(key)
            version = _version(console, folder)
            yield Found(kind, str(console), (str(console),), version,
                        refusal or refusal_of(version))  # fmt: skip


def is_arm(environment: Mapping[str, str]) -> bool:
    """Whether the processor is an ARM, even if this program is translated for it."""
    names = ("PROCESSOR_ARCHITEW6432", "PROCESSOR_ARCHITECTURE", "PROCESSOR_IDENTIFIER")
    return any("ARM" in environment.get(name, "").upper() for name in names)


def _folders(environment: Mapping[str, str], noted: Iterator[Path]) -> Iterator[tuple[str, Path]]:
    """How GIMP may have come there, and where its programs would be."""
    user, machine = environment.get("LOCALAPPDATA"), environment.get("ProgramFiles")
    if user:
        for folder in sorted(Path(user, "Programs").glob("GIMP*")):
            yield "installed for the user", folder / "bin"
    if machine:
        for folder in sorted(Path(machine).glob("GIMP*")):
            yield "installed for all", folder / "bin"
    for folder in noted:
        yield "installed", folder / "bin"
    if user:
        yield "Store", Path(user, "Microsoft", "WindowsApps")


def _consoles(folder: Path) -> list[Path]:
    """The program without windows; one with a version in its name first."""
    try:
        names = [one.name for one in folder.iterdir() if _CONSOLE.fullmatch(one.name)]
    except OSError:
        return []
    return [folder / name for name in sorted(names, key=len, reverse=True)[:1]]


def _version(console: Path, folder: Path) -> str | None:
    for text in (console.stem, folder.parent.name):
        if found := re.search(r"\d+(\.\d+)*", text):
            return found[0] if "." in found[0] else f"{found[0]}.0"
    return None


def _in_registry() -> Iterator[Path]:
    """Where GIMP's installers say that they have put it."""
    if sys.platform != "win32":
        return
    import winreg

    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        try:
            with winreg.OpenKey(root, _UNINSTALL) as programs:
                names = [
                    winreg.EnumKey(programs, i) for i in range(winreg.QueryInfoKey(programs)[0])
                ]
        except OSError:
            continue
        for name in names:
            if name.upper().startswith("GIMP"):
                try:
                    with winreg.OpenKey(root, rf"{_UNINSTALL}\{name}") as key:
                        yield Path(winreg.QueryValueEx(key, "InstallLocation")[0])
                except OSError:
                    continue
