"""What the distribution should bring: all that is missing, and the line that installs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from installer import InstallError, pip, requirements
from installer.finding.here import NoGimpError
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


def need(missing: list[str], wish: Wish) -> None:
    """See that everything is there that a distribution's GIMP needs of the distribution.

    Parameters
    ----------
    missing : what is known to be missing already

    Raises
    ------
    InstallError : naming all that is missing, torch too, which could also be fetched
    """
    if pip.find(wish.offline) is None:
        missing = [*missing, PIP]
    if not missing:
        return
    if GIMP in missing and not _offers("gimp", "3.0"):
        raise NoGimpError(f"no GIMP 3 was found, and your distribution has none: take {_FLATHUB}")
    if (
        wish.torch is None
        and _lacks_torch()
        and _offers("python3-torch", requirements.oldest("torch"))
    ):
        missing = [*missing, TORCH]
    if GIMP in missing:
        raise NoGimpError(
            f"no GIMP 3 was found{_how_to_get(missing)}, or name its program with --gimp"
        )
    raise InstallError(f"{_listed(missing)} missing{_how_to_get(missing)}")


def _how_to_get(wanted: list[str]) -> str:
    """``"; install with 'sudo apt install ...' and try again"``, where that is known."""
    if sys.platform != "linux":
        return "; the Python of python.org brings it along: run this with that one"
    line = line_for(wanted)
    return f"; install with '{line}' and try again" if line else "; install it and try again"


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
    line = line_for([TORCH]) if _offers("python3-torch", requirements.oldest("torch")) else None
    return line and f"With your distribution's torch less would be fetched: {line}"


def _listed(things: list[str]) -> str:
    """``"a, b and c are"``, ``"a is"``."""
    *head, last = things
    return f"{', '.join(head)} and {last} are" if head else f"{last} is"


def _lacks_torch() -> bool:
    python = shutil.which("python3")
    return python is not None and "torch" in requirements.unmet(versions(python))


def _offers(package: str, oldest: str) -> bool:
    """Whether apt has a package in a version that will do; of others it is believed."""
    if not shutil.which("apt-cache"):
        return True
    answer = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True,
                            env={**os.environ, "LC_ALL": "C"})  # fmt: skip
    found = re.search(r"Candidate: (?:\d+:)?(\d[\d.]*)", answer.stdout)
    return found is not None and requirements.satisfies(found[1], f"{package}>={oldest}")
