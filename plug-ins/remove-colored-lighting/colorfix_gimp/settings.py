"""One run's arguments, as GIMP's config holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from colorfix_core.engine.client import Held
from colorfix_gimp import engine
from colorfix_gimp.gimp import Gimp, Gio

# What the engine can do besides.
_NO_MORE = {"film_contrast": False, "picks": (), "temperature": 0, "tint": 0, "exposure": 0,
            "saturation": 0}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """The arguments of Remove Colored Lighting; `arguments.LIGHTING` says what they mean."""

    strength: float
    iterations: int
    keep_brightness: bool
    sample_from: str
    method: str
    output: str
    several_layers: str
    device: str
    lut_file: Path | None
    lut_size: int

    @classmethod
    def of(cls, config: Gimp.ProcedureConfig) -> Settings:
        """Read them from GIMP's config."""
        names = [field.name for field in fields(cls) if field.name != "lut_file"]
        values = {name: config.get_property(name.replace("_", "-")) for name in names}
        return cls(lut_file=local_path(config.get_property("lut-file")), **values)

    def finish(self, luts: Sequence[Held]) -> Held:
        """The LUT to apply, of those predicted after each iteration."""
        wish = {
            "strength": self.strength / 100,
            "keep_brightness": self.keep_brightness,
            **_NO_MORE,
        }
        lut: Held = engine.call("adjusted", [luts[self.iterations - 1]], wish)[0]
        return lut

    def describe(self, lut: Held, source: str) -> Held:
        """The LUT as it is saved: with what it was made from, and how."""
        names = ("strength", "iterations", "keep_brightness", "method")
        settings = {name: getattr(self, name) for name in names}
        saved: Held = engine.call("described", lut, f"Light of {source}", settings)
        return saved


def faded(lut: Held, config: Gimp.ProcedureConfig) -> Held:
    """A LUT as strong as a config says."""
    result: Held = engine.call("faded", lut, config.get_property("strength") / 100)
    return result


def local_path(file: Gio.File | None) -> Path | None:
    """The path of a file; None for none."""
    path = file.get_path() if file is not None else None
    return Path(path) if path else None
