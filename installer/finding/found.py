"""A GIMP that was found, whether or not the filter can be installed in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

OLD = "GIMP {version} has another plug-in interface; install GIMP 3.0 or later"


@dataclass(frozen=True)
class Found:
    """A GIMP.

    Attributes
    ----------
    kind : how it came there, as it is told: "Flatpak of the user", "AppImage", ...
    place : its program or its name, as it is told and can be named
    command : what starts it; options may follow
    version : where it can be known without starting it
    refusal : why the filter cannot be installed in it, and what to use instead
    """

    kind: str
    place: str
    command: tuple[str, ...]
    version: str | None = None
    refusal: str | None = None

    def __str__(self) -> str:
        return f"GIMP {self.version or '(version unknown)'}, {self.kind}: {self.place}"

    def answers_to(self, name: str) -> bool:
        """Whether a user who says `name` means this one."""
        wanted = name.lower()
        return wanted in (self.place.lower(), self.kind.split()[0].lower(), self.version) or (
            bool(self.version) and f"{self.version}.".startswith(f"{wanted}.")
        )


def refusal_of(version: str | None) -> str | None:
    """Why a version is refused; 2.99, a preview of 3.0, has another interface, too."""
    if version is None or numbers(version) >= (3, 0):
        return None
    return OLD.format(version=version)


def numbers(version: str) -> tuple[int, ...]:
    """``"3.2.6"`` -> (3, 2, 6)."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
