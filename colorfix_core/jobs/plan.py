"""Which file each picture of a command line becomes, and which files must not be touched."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from colorfix_core.errors import ImageError
from colorfix_core.jobs.lut_names import names
from colorfix_core.pictures.table import INSTEAD

Job = tuple[Path, Path]


class UsageError(Exception):
    """The command line makes no sense."""


def plan(inputs: list[Path], output: str, overwrite: bool) -> list[Job]:
    """Pair each picture with the file that it becomes, making the folder if there is to be one."""
    target = Path(output)
    folder = target if len(inputs) > 1 or _is_folder(output) else None
    jobs = [(source, target) for source in inputs]
    if folder:
        taken = {source.name for source in inputs}
        jobs = [(source, folder / _result_name(source, taken)) for source in inputs]
    _refuse_collisions(jobs)
    if not overwrite:
        refuse_overwriting(jobs)
    if folder:
        _make_folder(folder)
    return jobs


def _result_name(source: Path, taken: Collection[str]) -> str:
    """The name of a result: that of the picture, but for formats that are read and not written."""
    suffix = INSTEAD.get(source.suffix.lower())
    if suffix is None:
        return source.name
    name = source.with_suffix(suffix).name
    return f"{source.name}{suffix}" if name in taken else name


def plan_luts(output: str | None, jobs: list[Job], lights: str = "one") -> dict[Path, Path]:
    """Where each picture's LUT goes; nothing if none was asked for.

    `lights` is that of `one.Wish`: several lights have several files.
    """
    if output is None:
        return {}
    lut = Path(output)
    folder = lut if len(jobs) > 1 or _is_folder(output) else None
    luts = [(source, folder / f"{source.stem}.cube" if folder else lut) for source, _ in jobs]
    _refuse_collisions(luts)
    files = [(source, name) for source, lut in luts for name in names(lut, lights)]
    refuse_overwriting(files)
    pictures = {os.path.realpath(target) for _, target in jobs}
    for _, target in files:
        if os.path.realpath(target) in pictures:
            raise UsageError(f"{target} cannot be both the picture and its LUT")
    if folder:
        _make_folder(folder)
    return dict(luts)


def refuse_overwriting(jobs: list[Job]) -> None:
    """No input may be replaced by what is made of it, or of another one."""
    sources = [source for source, _ in jobs if os.path.exists(source)]
    for _, target in jobs:
        if os.path.exists(target) and any(source.samefile(target) for source in sources):
            raise UsageError(f"{target} would be overwritten; choose another name for the result")


def _is_folder(name: str) -> bool:
    return name.endswith(("/", os.sep)) or os.path.isdir(name)


def _make_folder(folder: Path) -> None:
    if folder.suffix and not os.path.exists(folder):
        raise UsageError(f"several pictures need a folder to go to, and {folder} looks like a file")
    if os.path.isfile(folder):
        raise ImageError(f"{folder} is a file, and the results need a folder; choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(f"{folder} cannot be used as a folder: {error.strerror}") from error


def _refuse_collisions(jobs: list[Job]) -> None:
    sources: dict[str, Path] = {}
    for source, target in jobs:
        other = sources.setdefault(os.path.realpath(target), source)
        if other != source:
            raise UsageError(f"{other} and {source} would both become {target}")
