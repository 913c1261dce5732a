"""Lay the plug-in out in a GIMP profile as the installer does, with a runtime beside it."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.gimp.place import WANTED_ENGINE, Place, find
from tests.helpers.paths import REPOSITORY

NAME = "remove-colored-lighting"

# GIMP asks all of its plug-ins again, which is most of a start, where the language is a new one.
GIMPRC = """
(prev-language "C.UTF-8")
(config-version "{version}")
(show-welcome-dialog no)
(color-profile-policy keep)
(metadata-rotation-policy rotate)
(check-updates no)
(save-session-info no)
(restore-session no)
{more}
"""


def install(place: Place, profile: str, more: str = "", engine: str = "") -> str:
    """Make a GIMP profile with the plug-in in it; returns the plug-in's folder.

    `engine` says where the engine works; by default that is what WANTED_ENGINE says.
    """
    folder = f"{profile}/plug-ins/{NAME}"
    target = place.outside(folder)
    shutil.rmtree(place.outside(profile), ignore_errors=True)
    shutil.copytree(place.outside(_used_profile(place)), place.outside(profile))
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "plug-ins" / NAME, target, ignore=ignored)
    shutil.copytree(REPOSITORY / "colorfix_core", target / "colorfix_core", ignore=ignored)
    shutil.copytree(REPOSITORY / "models", target / "models")
    (target / f"{NAME}.py").chmod(0o755)
    python = runtime(place)
    engine = engine or os.environ.get(WANTED_ENGINE, "in-process")
    site = place.run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    (target / "runtime.json").write_text(
        json.dumps({"site_packages": [site.strip()], "python": python, "engine": engine})
    )
    if engine == "helper":
        _hide_numpy(target / f"{NAME}.py")
    version = _version(place)
    place.outside(profile).joinpath("gimprc").write_text(GIMPRC.format(version=version, more=more))
    return folder


def _hide_numpy(plug_in: Path) -> None:
    """Let the plug-in run as it would in a GIMP whose Python has no numpy."""
    code = plug_in.read_text()
    hidden = code.replace("import sys\n", "import sys\n\nsys.modules['numpy'] = None\n", 1)
    assert hidden != code
    plug_in.write_text(hidden)


def _used_profile(place: Place) -> str:
    """A profile in which GIMP has looked at its own plug-ins: that is most of a first start."""
    with _made_once(place, "profile", [_version(place)]) as (folder, new):
        if new:
            place.run(place.console, "-i", "--batch-interpreter=python-fu-eval", "-b", "None",
                      "--quit", HOME=new, GIMP3_DIRECTORY=new)  # fmt: skip
    return folder


def _version(place: Place) -> str:
    return place.run(place.console, "--version").split()[-1]


def runtime(place: Place) -> str:
    """The Python of a virtual environment with what the core needs besides the system's torch."""
    requirements = _project()["dependencies"] + _project()["optional-dependencies"]["fast"]
    with _made_once(place, "runtime", _without_torch(requirements)) as (folder, new):
        if new:
            place.run("python3", "-m", "venv", "--system-site-packages", new)
            place.run(f"{new}/bin/python3", "-m", "pip", "install", "-q", "--no-index",
                      "--find-links", wheels(place), *_without_torch(requirements))  # fmt: skip
    return f"{folder}/bin/python3"


def wheels(place: Place) -> str:
    """A folder with the packages that pyproject.toml pins, but torch, for GIMP's Python.

    They are fetched out here: inside a root there are no certificates.
    """
    locks = [REPOSITORY / "installer" / "locks" / f"{name}.txt" for name in ("packages", "tools")]
    with _made_once(place, "wheels", [lock.read_text() for lock in locks]) as (folder, new):
        if new:
            version = place.run("python3", "-c", "import sys; print(sys.version[:4])").strip()
            command = [sys.executable, "-m", "pip", "download", "-q", "-d", place.outside(new),
                       "--no-deps", "--only-binary=:all:", "--python-version", version]  # fmt: skip
            for lock in locks:
                subprocess.run([*command, "-r", lock], check=True)
    return folder


@contextlib.contextmanager
def _made_once(place: Place, what: str, recipe: list[str]) -> Iterator[tuple[str, str]]:
    """A folder inside, kept between runs; with it the name to make it under, if it is not there.

    Other processes wait while one makes it.
    """
    stamp = hashlib.sha256("\n".join(recipe).encode()).hexdigest()[:12]
    folder = f"{place.store}/colorfix-{what}-{stamp}"
    target, new = place.outside(folder), place.outside(f"{folder}.new")
    with open(f"{target}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            yield folder, ""
            return
        shutil.rmtree(new, ignore_errors=True)
        yield folder, f"{folder}.new"
        new.rename(target)


def _project() -> dict:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def _without_torch(requirements: list[str]) -> list[str]:
    return [item for item in requirements if not item.startswith("torch")]


if __name__ == "__main__":
    for version in sys.argv[1:] or [""]:
        found = find(version)
        _used_profile(found)
        print(runtime(found))
