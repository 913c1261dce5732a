"""What a runtime will be made of, before anything is fetched."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer import InstallError, places, requirements, space
from installer.processes import run_quietly
from installer.requirements import Locked

OLDEST, NEWEST = (3, 11), (3, 14)
FOR_HELPERS = (3, 13)  # where any Python will do
PURPOSE = "colorfix-runtime.json"
SYSTEM, CPU, CUDA = "system", "cpu", "cuda"


@dataclass(frozen=True)
class Python:
    """An interpreter; `version` is (major, minor)."""

    path: str
    version: tuple[int, int]


@dataclass(frozen=True)
class Wish:
    """What the user has asked for.

    Attributes
    ----------
    torch : "cpu" or "cuda"; None: what is there already, else "cpu"
    offline : a folder of wheels, where nothing is to be fetched
    python : base of the runtimes for GIMPs that bring their own Python; None: one that uv fetches
    """

    torch: str | None = None
    offline: Path | None = None
    python: str | None = None


@dataclass(frozen=True)
class Plan:
    """A runtime as it is to be, or as it is if it is `ready`.

    Attributes
    ----------
    base : the interpreter below it; None: one that uv fetches
    torch : "system", "cpu" or "cuda"
    packages : what is installed from the lock
    """

    folder: Path
    version: tuple[int, int]
    base: str | None
    torch: str
    packages: tuple[Locked, ...]
    ready: bool = False

    @property
    def borrows(self) -> bool:
        """Whether it sees the packages of the system."""
        return self.torch == SYSTEM

    @property
    def parts(self) -> tuple[space.Part, ...]:
        """What is fetched and written; nothing if it is ready."""
        if self.ready:
            return ()
        parts = [space.UV, space.PACKAGES]
        if self.base is None and not any(places.own_pythons().glob(f"*{dotted(self.version)}*")):
            parts.append(space.PYTHON)
        if self.torch == CPU:
            parts += [space.TORCH_DEPENDENCIES, space.TORCH_CPU]
        elif self.torch == CUDA:
            parts.append(space.TORCH_CUDA)
        return tuple(parts)

    @property
    def purpose(self) -> dict[str, Any]:
        """What tells a runtime from one that would have to be made anew."""
        text = "".join(one.text for one in self.packages)
        return {
            "python": self.base or dotted(self.version),
            "torch": self.torch,
            "packages": hashlib.sha256(text.encode()).hexdigest(),
        }


def for_system(python: Python, wish: Wish) -> Plan:
    """The runtime of a Python that can be extended, with the system's torch if there is one."""
    _need_version(python.version)
    folder = places.data_folder() / f"runtime-{dotted(python.version)}"
    python = Python(_below_environments(python.path), python.version)
    found = versions(python.path)
    unmet = requirements.unmet(found)
    wanted = wish.torch or _torch_in(folder)
    if wanted != CUDA and "torch" not in unmet:
        met = requirements.unmet({}).copy()
        met = [name for name in met if name not in unmet]
        chosen = [one for one in requirements.locked("packages").values() if one.name not in met]
        return _unless_ready(Plan(folder, python.version, python.path, SYSTEM, tuple(chosen)))
    return _with_torch(folder, python.version, python.path, wanted)


def for_itself(version: tuple[int, int], wish: Wish) -> Plan:
    """A runtime with a Python of its own, which also other sandboxes and mounts can see."""
    _need_version(version)
    if wish.python:
        found = _version_of(wish.python)
        if found != version:
            raise InstallError(
                f"{wish.python} is Python {dotted(found)}, and {dotted(version)} is needed"
            )
    folder = places.data_folder() / f"runtime-{dotted(version)}-own"
    base = wish.python and os.path.realpath(wish.python)
    return _with_torch(folder, version, base, wish.torch or _torch_in(folder))


def for_helper(wish: Wish) -> Plan:
    """A runtime for a process beside GIMP, under any Python."""
    return for_itself(_version_of(wish.python) if wish.python else FOR_HELPERS, wish)


def made_for(folder: Path) -> dict[str, Any] | None:
    """What a runtime was made for, or None if it is not one of ours."""
    try:
        purpose: dict[str, Any] = json.loads((folder / PURPOSE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return purpose


def python_in(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python3")


def versions(python: str) -> dict[str, str | None]:
    """Which of the pinned packages an interpreter sees, in which versions."""
    answer = run_quietly([python, "-c", _INSTALLED_VERSIONS, *requirements.unmet({})])
    found: dict[str, str | None] = json.loads(answer)
    return found


def _below_environments(python: str) -> str:
    """The interpreter itself where `python` is that of a virtual environment.

    An environment that is made from another one sees the packages below both, not the other's.
    """
    return run_quietly([python, "-c", "import sys; print(sys._base_executable)"]).strip()


_INSTALLED_VERSIONS = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = dict.fromkeys(sys.argv[1:])
for name in found:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def dotted(version: tuple[int, ...]) -> str:
    """(3, 11) -> ``"3.11"``."""
    return ".".join(map(str, version))


def _with_torch(
    folder: Path, version: tuple[int, int], base: str | None, torch: str | None
) -> Plan:
    """A runtime that borrows nothing."""
    torch = torch or CPU
    if torch == CUDA and sys.platform != "linux":
        raise InstallError("torch for CUDA is installed on Linux only; leave --cuda out")
    of_torch = requirements.locked("torch")
    if torch == CPU and sys.platform == "linux":
        of_torch = requirements.without_cuda(of_torch) | requirements.locked("torch-cpu")
    chosen = {**requirements.locked("packages"), **of_torch}
    return _unless_ready(Plan(folder, version, base, torch, tuple(chosen.values())))


def _unless_ready(plan: Plan) -> Plan:
    """The plan, marked as ready if such a runtime is there, and all that it borrows too."""
    if made_for(plan.folder) != plan.purpose:
        return plan
    try:
        unmet = requirements.unmet(versions(str(python_in(plan.folder))))
    except (InstallError, OSError):
        return plan
    return Plan(plan.folder, plan.version, plan.base, plan.torch, plan.packages, not unmet)


def _torch_in(folder: Path) -> str | None:
    """Who has once asked for CUDA keeps it."""
    found = (made_for(folder) or {}).get("torch")
    return CUDA if found == CUDA else None


def _version_of(python: str) -> tuple[int, int]:
    code = "import sys; print(*sys.version_info[:2])"
    major, minor = run_quietly([python, "-c", code]).split()
    return int(major), int(minor)


def _need_version(version: tuple[int, int]) -> None:
    if not OLDEST <= version <= NEWEST:
        raise InstallError(
            f"Python {dotted(OLDEST)} to {dotted(NEWEST)} is needed, and this is {dotted(version)}"
        )
