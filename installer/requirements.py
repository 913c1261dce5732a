"""Which packages the filter needs, in which versions, and the hashes of their files.

The ranges and pins are in pyproject.toml; `locks/`, which `tools/lock` makes from them, holds
everything that they depend on, in pip's format for ``--require-hashes``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
LOCKS = Path(__file__).resolve().parent / "locks"

_NAME = re.compile(r"[\w.-]+")
_LIMIT = re.compile(r"(==|>=)([\d.]+)")
_NUMBERS = re.compile(r"[\d.]*\d")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# On Linux torch depends on these only in its build for CUDA.
_OF_CUDA = re.compile(r"nvidia-|cuda-|triton$|torch$")


@dataclass(frozen=True)
class Locked:
    """A package in one version; `text` is its entry in the lock."""

    name: str
    version: str
    text: str

    @property
    def hashes(self) -> frozenset[str]:
        """SHA-256 of all its files."""
        return frozenset(_HASH.findall(self.text))


def read() -> dict[str, list[str]]:
    """The `accepted` range of each package, and the version `pinned` for who has none yet."""
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    return {
        "accepted": project["dependencies"] + optional["fast"],
        "pinned": optional["runtime"],
    }


def locked(name: str) -> dict[str, Locked]:
    """The packages of a lock, `packages`, `torch`, `torch-cpu` or `tools`, by their names.

    A package that is there in several versions for several Pythons is one entry.
    """
    found: dict[str, Locked] = {}
    for entry in re.split(r"\n(?=\w)", "\n" + (LOCKS / f"{name}.txt").read_text("utf-8"))[1:]:
        package, _, version = entry.split(None, 1)[0].partition("==")
        before = found[package].text if package in found else ""
        found[package] = Locked(package, version, before + entry.rstrip() + "\n")
    return found


def without_cuda(packages: dict[str, Locked]) -> dict[str, Locked]:
    """What torch's build without CUDA depends on."""
    return {name: one for name, one in packages.items() if not _OF_CUDA.match(name)}


def name_of(requirement: str) -> str:
    """``"Pillow>=11"`` -> ``"pillow"``."""
    return _found(_NAME, requirement)[0].lower()


def unmet(found: dict[str, str | None]) -> list[str]:
    """The names of the pinned packages of which no version in the accepted range was found."""
    wanted = read()
    accepted = {name_of(item): item for item in wanted["accepted"]}
    pinned: Iterable[tuple[str, str]] = ((name_of(item), item) for item in wanted["pinned"])
    return [name for name, pin in pinned if not satisfies(found.get(name), accepted.get(name, pin))]


def oldest(name: str) -> str:
    """The lowest version of a package that is accepted."""
    item = next(item for item in read()["accepted"] if name_of(item) == name)
    return str(_found(_LIMIT, item)[2])


def satisfies(version: str | None, requirement: str) -> bool:
    """Whether an installed version is in a range of the form ``name>=1.2`` or ``name==1.2.3``."""
    if version is None:
        return False
    operator, wanted = _found(_LIMIT, requirement).groups()
    found, limit = _numbers(version), _numbers(wanted)
    return found == limit if operator == "==" else found >= limit


def _numbers(version: str) -> list[int]:
    """``"2.6.0+debian"`` -> [2, 6, 0]."""
    return [int(part) for part in _found(_NUMBERS, version)[0].split(".")]


def _found(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    """The first match in a text that has one."""
    match = pattern.search(text)
    if match is None:
        raise ValueError(f"{text!r} is no version or requirement as this project writes them")
    return match
