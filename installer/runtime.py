"""The virtual environment in which the core runs."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer import InstallError, requirements, say, swap
from installer.processes import clean_environment, last_line, run_quietly

OLDEST = (3, 11)
_SPACE_FOR_TORCH, _SPACE_FOR_THE_REST = 2 << 30, 1 << 29
_PURPOSE = "colorfix-runtime.json"

_ABOUT_TORCH = """\
torch is needed. Where pip is offered only its standard build, some gigabytes of CUDA libraries
come with it; a CPU build in PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL is preferred, and so is your
distribution's python3-torch, if it is 2.6 or later and installed before."""


@dataclass(frozen=True)
class Python:
    """An interpreter; `version` is (major, minor)."""

    path: str
    version: tuple[int, int]


@dataclass(frozen=True)
class Runtime:
    """A virtual environment in which the core runs."""

    python: str
    site_packages: str


@contextlib.contextmanager
def ready_for(python: Python) -> Iterator[Runtime]:
    """Make a virtual environment for an interpreter, unless a fitting one is there.

    If the block fails, the old one, or none, is back.
    """
    if python.version < OLDEST:
        raise InstallError(f"Python {dotted(OLDEST)} or later is needed")
    folder = data_folder() / f"runtime-{dotted(python.version)}"
    purpose = {"python": python.path, "requirements": requirements.read()}
    if _is_usable(folder, purpose):
        yield _runtime_in(folder)
        return
    if folder.exists() and _made_for(folder) is None:
        raise InstallError(f"{folder} was not made by this installer; move it out of the way")
    _need_venv(python)
    say(f"Making a Python environment: {folder}")
    with swap.staged(folder) as new:
        _build_runtime(python, new)
        (new / _PURPOSE).write_text(json.dumps(purpose), "utf-8")
        with swap.swapped_in(new, folder):
            yield _runtime_in(folder)


def data_folder() -> Path:
    """Where runtimes lie."""
    if os.name == "nt":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Application Support"
    else:
        home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "colorfix"


def remove_all() -> bool:
    """Remove every runtime that was made; returns whether there was one."""
    found = [folder for folder in data_folder().glob("runtime-*") if _made_for(folder)]
    for state in "new", "old":  # what an installer that was killed has left
        found += data_folder().glob(f".runtime-*-{state}")
    for folder in found:
        say(f"Removing {folder}")
        shutil.rmtree(folder)
    with contextlib.suppress(OSError):  # not empty, or never made
        data_folder().rmdir()
    return bool(found)


def _build_runtime(python: Python, folder: Path) -> None:
    run_quietly([python.path, "-m", "venv", "--system-site-packages", str(folder)])
    runtime = _runtime_in(folder)
    missing = _missing_requirements(runtime)
    needs_torch = any(item.startswith("torch=") for item in missing)
    _need_space(_SPACE_FOR_TORCH if needs_torch else _SPACE_FOR_THE_REST, folder.parent)
    if needs_torch and sys.platform == "linux":
        say(_ABOUT_TORCH)
    if missing:
        _pip_install(runtime, missing)


def _missing_requirements(runtime: Runtime) -> list[str]:
    """The pinned requirements for which the environment sees nothing usable yet."""
    wanted = requirements.read()
    accepted = {requirements.name_of(item): item for item in wanted["accepted"]}
    pinned = {requirements.name_of(item): item for item in wanted["pinned"]}
    found = json.loads(run_quietly([runtime.python, "-c", _INSTALLED_VERSIONS, *pinned]))
    return [pin for name, pin in pinned.items()
            if not requirements.satisfies(found[name], accepted.get(name, pin))]  # fmt: skip


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


def _pip_install(runtime: Runtime, packages: list[str]) -> None:
    say(f"Installing {', '.join(packages)}")
    command = [runtime.python, "-m", "pip", "install", "--disable-pip-version-check",
               *packages]  # fmt: skip
    done = subprocess.run(command, env=clean_environment(), stderr=subprocess.PIPE, text=True)
    if not done.returncode:
        return
    if "No space left" in done.stderr:
        raise InstallError("the disk is full")
    raise InstallError(
        f"pip could not get the packages ({last_line(done.stderr)}); "
        "check the network connection and try again"
    )


def _need_venv(python: Python) -> None:
    done = subprocess.run([python.path, "-c", "import venv, ensurepip"], capture_output=True)
    if done.returncode:
        raise InstallError(
            f"{python.path} lacks the module venv; install it, on Debian and Ubuntu with "
            "'sudo apt install python3-venv', and try again"
        )


def _need_space(wanted: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise InstallError(
            f"{folder} has {free / 2**30:.1f} GB free and {wanted / 2**30:.1f} GB are needed"
        )


def _is_usable(folder: Path, purpose: dict[str, Any]) -> bool:
    """Whether a runtime is there and nothing of it, or of what it borrows, has gone since."""
    if _made_for(folder) != purpose:
        return False
    try:
        return not _missing_requirements(_runtime_in(folder))
    except (InstallError, OSError):
        return False


def _made_for(folder: Path) -> dict[str, Any] | None:
    """What a runtime was made for, or None if it is not one of ours."""
    try:
        purpose: dict[str, Any] = json.loads((folder / _PURPOSE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return purpose


def _runtime_in(folder: Path) -> Runtime:
    if os.name == "nt":
        python, scheme = folder / "Scripts" / "python.exe", "nt_venv"
    else:
        python, scheme = folder / "bin" / "python3", "posix_venv"
    found = run_quietly([str(python), "-c", f"import sysconfig; print(sysconfig.get_path("
                          f"'purelib', '{scheme}', {{'base': {str(folder)!r}}}))"])  # fmt: skip
    return Runtime(str(python), found.strip())


def dotted(version: tuple[int, ...]) -> str:
    """(3, 11) -> ``"3.11"``."""
    return ".".join(map(str, version))
