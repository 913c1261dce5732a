"""The plug-in's files in GIMP's folder."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from installer import InstallError, say, swap
from installer.places import NAME, data_folder, profiles
from installer.requirements import SOURCE
from installer.runtime import Runtime

_RUNTIMES = "runtime.json"
_MANIFEST = "installed-files.json"
_VERSION = re.compile(r'__version__ = "(.+)"')


@contextlib.contextmanager
def installed(target: Path, tag: str, runtime: Runtime) -> Iterator[None]:
    """Put the plug-in where GIMP looks; if the block fails, the old one, or none, is back.

    Parameters
    ----------
    tag : which Python the runtime is for; runtimes for others, that are still there, stay noted
    """
    swap.recover(target)
    if target.is_symlink() or (target.exists() and not _manifest(target)):
        raise InstallError(f"{target} was not made by this installer; move it out of the way")
    with swap.staged(target) as new:
        lay_out(new)
        note({**_runtimes_of(target), tag: runtime}, new)
        for path in _foreign_files(target):
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(target / path, new / path)
        with swap.swapped_in(new, target):
            yield


def runtime_of(folder: Path, tag: str) -> Runtime:
    """The runtime that an installed plug-in uses under a certain Python.

    Raises
    ------
    InstallError : the plug-in is not there, is damaged, or has no runtime for that Python
    """
    try:
        facts = json.loads((folder / _RUNTIMES).read_text("utf-8"))
        return _runtime_from(facts["runtimes"][tag])
    except FileNotFoundError:
        raise InstallError(f"the filter is not installed in {folder}") from None
    except KeyError:
        raise InstallError(
            f"{folder} was installed for another GIMP's Python; run install.py again"
        ) from None
    except (ValueError, LookupError, TypeError) as error:
        raise InstallError(f"{folder} is damaged; run install.py again") from error


def note(runtimes: dict[str, Runtime], folder: Path) -> None:
    """Write down in a plug-in's folder where its runtimes are, and which files belong to it."""
    facts = {
        tag: {
            "site_packages": [runtime.site_packages],
            "python": runtime.python,
            "engine": runtime.engine,
            "why": runtime.why,
        }
        for tag, runtime in sorted(runtimes.items())
    }
    (folder / _RUNTIMES).write_text(json.dumps({"runtimes": facts}, indent=1), "utf-8")
    list_files(folder)


def list_files(folder: Path) -> None:
    """Write down which files of a plug-in's folder are ours; a release comes with that list."""
    files = sorted({*_files_in(folder), _MANIFEST})
    (folder / _MANIFEST).write_text(json.dumps(files, indent=1), "utf-8")


def add_runtime(folder: Path, tag: str, runtime: Runtime) -> None:
    """Note a runtime in a filter that is there already."""
    note({**_runtimes_of(folder), tag: runtime}, folder)


def version_in(folder: Path) -> str | None:
    """The version of an installed filter, or of this one."""
    with contextlib.suppress(OSError):
        found = _VERSION.search((folder / "colorfix_core" / "__init__.py").read_text("utf-8"))
        return found and found[1]
    return None


def is_in(folder: Path) -> bool:
    """Whether a folder was made by this installer."""
    return bool(_manifest(folder))


def copies() -> list[Path]:
    """Where the filter is installed: what was noted, and what GIMP took along to a new profile."""
    folders = [*_remembered(), *(profile / "plug-ins" / NAME for profile in profiles())]
    return [folder for folder in dict.fromkeys(folders) if _manifest(folder)]


def remember(folder: Path) -> None:
    """Note that a plug-in folder was made, so that it can be removed even without GIMP."""
    folders = {str(one) for one in [*_remembered(), folder]}
    _memory().write_text(json.dumps(sorted(folders)), "utf-8")


def remove_all() -> bool:
    """Remove every plug-in folder that was made; returns whether there was one."""
    for folder in _remembered():
        swap.recover(folder)
    found = [_remove(folder) for folder in copies()]
    _memory().unlink(missing_ok=True)
    return any(found)


def lay_out(folder: Path) -> None:
    """Copy what belongs into a plug-in's folder, installed or packed."""
    _copy_tree(SOURCE / "plug-ins" / NAME, folder)
    for name in ("colorfix_core", "models", "installer"):
        _copy_tree(SOURCE / name, folder / name)
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(SOURCE / name, folder)
    (folder / f"{NAME}.py").chmod(0o755)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy what runs. The copies are new to GIMP, which reads a plug-in again if it is newer."""
    unwanted = shutil.ignore_patterns("__pycache__", "po", "tests")
    shutil.copytree(source, target, ignore=unwanted, copy_function=shutil.copy, dirs_exist_ok=True)


def _runtimes_of(folder: Path) -> dict[str, Runtime]:
    """The runtimes that are noted in a folder and still there."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        facts = json.loads((folder / _RUNTIMES).read_text("utf-8"))["runtimes"]
        found = {tag: _runtime_from(one) for tag, one in facts.items()}
        return {tag: one for tag, one in found.items() if Path(one.site_packages).is_dir()}
    return {}


def _runtime_from(facts: dict[str, Any]) -> Runtime:
    engine = facts.get("engine", "in-process")
    return Runtime(facts["python"], facts["site_packages"][0], engine, facts.get("why", ""))


def _remove(folder: Path) -> bool:
    """Remove the files that were installed in a folder, and the folders that leaves empty."""
    if not _manifest(folder):
        return False
    say(f"Removing {folder}")
    foreign = _foreign_files(folder)
    for cache in list(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
    for file in _manifest(folder):
        (folder / file).unlink(missing_ok=True)
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    if foreign:
        say(f"Left there, since not installed by this script: {', '.join(foreign)}")
    return True


def _manifest(folder: Path) -> list[str]:
    """The files that were installed in a folder; none if it is not one of ours."""
    try:
        return [str(file) for file in json.loads((folder / _MANIFEST).read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _foreign_files(folder: Path) -> list[str]:
    """What the user has put into the plug-in's folder."""
    return sorted(set(_files_in(folder)) - set(_manifest(folder)))


def _files_in(folder: Path) -> list[str]:
    """The files below a folder, but what Python caches."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return sorted(str(path) for path in files if "__pycache__" not in path.parts)


def _remembered() -> list[Path]:
    try:
        return [Path(folder) for folder in json.loads(_memory().read_text("utf-8"))]
    except (OSError, ValueError):
        return []


def _memory() -> Path:
    return data_folder() / "plug-ins.json"
