"""Results that need not be computed again: scores of peers and ceilings, and where faces are.

A key holds the pictures and the code that a value comes from, so a change of either makes a new
entry. One file a subject, each written as a whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from colorfix_core.files.replace import replacing


class Cache:
    """Values that JSON can hold, by subject (the pictures) and maker (name and code).

    Parameters
    ----------
    folder : is made for the first entry; None remembers nothing
    """

    def __init__(self, folder: Path | None):
        self._folder = folder

    def get(self, subject: str, makers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
        """What each maker made of the subject before, or makes now."""
        if self._folder is None:
            return {name: make() for name, make in makers.items()}
        path = self._folder / f"{subject}.json"
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        missing = {name: make for name, make in makers.items() if name not in known}
        if missing:
            known |= {name: make() for name, make in missing.items()}
            self._folder.mkdir(parents=True, exist_ok=True)
            with replacing(path) as part:
                part.write_text(json.dumps(known), "utf-8")
        return {name: known[name] for name in makers}


def digest(*parts: np.ndarray | bytes | str | Path | None) -> str:
    """A short hash of pictures, texts and the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes()
        elif isinstance(part, np.ndarray):
            part = str(part.shape).encode() + np.ascontiguousarray(part).tobytes()
        total.update(part.encode() if isinstance(part, str) else part or b"none")
        total.update(b"|")
    return total.hexdigest()[:24]
