"""Named settings of Remove Colored Lighting, kept beside those that GIMP's dialogs save."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from colorfix_core.files.replace import replacing
from colorfix_gimp.gimp import Gimp

# What belongs to one picture, or one file, is in no preset.
NAMES = (
    "strength", "thoroughness", "lights", "keep-brightness", "sample-from", "output",
    "several-layers", "iterations", "method", "device", "lut-size", "temperature", "tint",
    "exposure", "saturation", "film-contrast",
)  # fmt: skip
OF_A_PICTURE = ("candidate", "neutral-picks", "skin-picks")


def settings_of(config: Gimp.ProcedureConfig, more: Sequence[str] = ()) -> dict[str, Any]:
    """What is kept of a config."""
    return {name: config.get_property(name) for name in (*NAMES, *more)}


def presets() -> dict[str, dict[str, Any]]:
    """Settings by the names that the user gave them; none where the file is missing or damaged."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(_file().read_text("utf-8"))
        if isinstance(found, dict):
            return {str(name): one for name, one in found.items() if isinstance(one, dict)}
    return {}


def keep(name: str, config: Gimp.ProcedureConfig) -> None:
    """Keep a config's settings under a name; OSError if that fails."""
    _write({**presets(), name: settings_of(config)})


def forget(name: str) -> None:
    """Keep a preset no longer; OSError if that fails."""
    _write({other: one for other, one in presets().items() if other != name})


def take(name: str, config: Gimp.ProcedureConfig) -> None:
    """Give a config the settings of a preset; what it does not know stays."""
    give(presets().get(name, {}), config)


def give(settings: Mapping[str, Any], config: Gimp.ProcedureConfig) -> None:
    """Set a config; what it does not take stays as it is."""
    for name, value in settings.items():
        if name in (*NAMES, *OF_A_PICTURE):
            with contextlib.suppress(TypeError, ValueError):
                config.set_property(name, value)


def _file() -> Path:
    return Path(Gimp.directory()) / "plug-in-settings" / "remove-colored-lighting-presets.json"


def _write(found: dict[str, dict[str, Any]]) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as part:
        Path(part).write_text(json.dumps(found, indent=1, ensure_ascii=False), "utf-8")
