"""What the distribution should bring: all that is missing at once, and the line that installs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from installer import InstallError, pip, requirements
from installer.plan import Plan, Wish, versions

GIMP, GI, PIP, TORCH = "GIMP 3", "what lets GIMP run Python", "pip", "torch"
_FLATHUB = "GIMP 3 from Flathub ('flatpak install flathub org.gimp.GIMP')"

# Only apt's were tried.
_MANAGERS = {
    "apt": ("apt install", {
        GIMP: "gimp", GI: "python3-gi gir1.2-gimp-3.0", PIP: "python3-venv", TORCH: "python3-torch",
    }),
    "dnf": ("dnf install", {
        GIMP: "gimp", GI: "python3-gobject", PIP: "python3-pip", TORCH: "python3-torch",
    }),
    "pacman": ("pacman -S", {
        GIMP: "gimp", GI: "python-gobject", PIP: "python-pip", TORCH: "python-pytorch",
    }),
    "zypper": ("zypper install", {
        GIMP: "gimp", GI: "python3-gobject", PIP: "python3-pip",
    }),
}  # fmt: skip


def need_all(gimp: bool, wish: Wish) -> None:
    """See that everything is there that a distribution's GIMP needs of the distribution.

    Parameters
    ----------
    gimp : whether there is a GIMP 3

    Raises
    ------
    InstallError : naming all that is missing, torch too, which could also be fetched
    """
    missing = [] if gimp else [GIMP]
    python = shutil.which("python3")
    if python is None or not _runs(python, "import gi; gi.require_version('Gimp', '3.0')"):
        missing.append(GI)
    if pip.command(wish.offline) is None:
        missing.append(PIP)
    if not missing:
        return
    if wish.torch is None and python and not _has_torch(python):
        missing.append(TORCH)
    if GIMP in missing and not _offers_gimp_3():
        raise InstallError(f"no GIMP 3 was found, and your distribution has none: take {_FLATHUB}")
    raise InstallError(f"{_listed(missing)} missing{how_to_get(missing)}")


def need_pip(offline: Path | None) -> None:
    """See that there is a pip.

    Raises
    ------
    InstallError : naming the package
    """
    if pip.command(offline) is None:
        raise InstallError(f"pip is missing{how_to_get([PIP])}")


def how_to_get(wanted: list[str]) -> str:
    """``"; install ... with 'sudo apt install ...' and try again"``, where that is known."""
    line = line_for(wanted)
    return f"; install with '{line}' and try again" if line else "; install that and try again"


def line_for(wanted: list[str]) -> str | None:
    """The command that installs packages; None where no package manager is known."""
    for program, (verb, names) in _MANAGERS.items():
        if shutil.which(program):
            packages = [names[one] for one in wanted if one in names]
            sudo = "" if os.geteuid() == 0 else "sudo "
            return f"{sudo}{verb} {' '.join(packages)}" if packages else None
    return None


def hint_at_torch(plan: Plan) -> str | None:
    """What would spare fetching torch, for a runtime of the distribution's Python."""
    if plan.ready or plan.borrows or plan.base is None or plan.torch != "cpu":
        return None
    line = line_for([TORCH])
    return line and f"With your distribution's torch less would be fetched: {line}"


def _listed(things: list[str]) -> str:
    """``"a, b and c are"``, ``"a is"``."""
    *head, last = things
    return f"{', '.join(head)} and {last} are" if head else f"{last} is"


def _has_torch(python: str) -> bool:
    return "torch" not in requirements.unmet(versions(python))


def _runs(python: str, code: str) -> bool:
    return not subprocess.run([python, "-c", code], capture_output=True).returncode


def _offers_gimp_3() -> bool:
    """What apt knows; of others it is believed."""
    if not shutil.which("apt-cache"):
        return line_for([GIMP]) is not None
    answer = subprocess.run(["apt-cache", "policy", "gimp"], capture_output=True, text=True,
                            env={**os.environ, "LC_ALL": "C"})  # fmt: skip
    return bool(re.search(r"Candidate: (\d+:)?3\.", answer.stdout))
