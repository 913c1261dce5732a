"""The plug-in's files in GIMP's folder."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from installer import InstallError, say, swap
from installer.gimp import NAME, Gimp
from installer.requirements import SOURCE
from installer.runtime import Runtime, data_folder

_MANIFEST = "installed-files.json"


@contextlib.contextmanager
def installed(gimp: Gimp, runtime: Runtime) -> Iterator[None]:
    """Put the plug-in where GIMP looks; if the block fails, the old one, or none, is back."""
    target = gimp.plug_in
    if target.is_symlink() or (target.exists() and not _manifest(target)):
        raise InstallError(f"{target} was not made by this installer; move it out of the way")
    with swap.staged(target) as new:
        _copy(new, runtime)
        for path in _foreign_files(target):
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(target / path, new / path)
        with swap.swapped_in(new, target):
            yield


def runtime_of(folder: Path) -> Runtime:
    """The runtime that an installed plug-in uses."""
    try:
        facts = json.loads((folder / "runtime.json").read_text("utf-8"))
        return Runtime(facts["python"], facts["site_packages"][0])
    except FileNotFoundError:
        raise InstallError(f"the filter is not installed in {folder}") from None
    except (ValueError, LookupError, TypeError) as error:
        raise InstallError(f"{folder} is damaged; run install.py again") from error


def remember(folder: Path) -> None:
    """Note that a plug-in folder was made, so that it can be removed even without GIMP."""
    folders = {str(one) for one in [*_remembered(), folder]}
    _memory().write_text(json.dumps(sorted(folders)), "utf-8")


def remove_all() -> bool:
    """Remove every plug-in folder that was made; returns whether there was one."""
    found = [_remove(folder) for folder in _remembered()]
    _memory().unlink(missing_ok=True)
    return any(found)


def _copy(folder: Path, runtime: Runtime) -> None:
    _copy_tree(SOURCE / "plug-ins" / NAME, folder)
    _copy_tree(SOURCE / "colorfix_core", folder / "colorfix_core")
    _copy_tree(SOURCE / "models", folder / "models")
    shutil.copy(SOURCE / "LICENSE", folder)
    (folder / f"{NAME}.py").chmod(0o755)
    facts = {"site_packages": [runtime.site_packages], "python": runtime.python}
    (folder / "runtime.json").write_text(json.dumps(facts, indent=1), "utf-8")
    files = [*_files_in(folder), _MANIFEST]
    (folder / _MANIFEST).write_text(json.dumps(files, indent=1), "utf-8")


def _copy_tree(source: Path, target: Path) -> None:
    """Copy what runs. The copies are new to GIMP, which reads a plug-in again if it is newer."""
    unwanted = shutil.ignore_patterns("__pycache__", "po", "tests")
    shutil.copytree(source, target, ignore=unwanted, copy_function=shutil.copy, dirs_exist_ok=True)


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
