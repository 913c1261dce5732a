"""Which packages the filter needs, in which versions: what pyproject.toml says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]

_NAME = re.compile(r"[\w.-]+")
_LIMIT = re.compile(r"(==|>=)([\d.]+)")
_NUMBERS = re.compile(r"[\d.]*\d")


def read() -> dict[str, list[str]]:
    """The `accepted` range of each package, and the version `pinned` for who has none yet."""
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    return {
        "accepted": project["dependencies"] + optional["fast"],
        "pinned": optional["runtime"],
    }


def name_of(requirement: str) -> str:
    """``"Pillow>=11"`` -> ``"pillow"``."""
    return _found(_NAME, requirement)[0].lower()


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
