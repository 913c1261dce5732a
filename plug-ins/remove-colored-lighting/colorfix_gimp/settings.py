"""One run's arguments, as GIMP's config holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from colorfix_gimp.gimp import Gimp, Gio

if TYPE_CHECKING:  # LUTs need numpy, which a dialog loads while GTK does its part
    from colorfix_core.luts.lut import Lut3D


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

    def finish(self, luts: Sequence[Lut3D]) -> Lut3D:
        """The LUT to apply, of those predicted after each iteration."""
        from colorfix_core.adjustments.adjusted import Adjustments, adjusted

        wish = Adjustments(self.strength / 100, self.keep_brightness)
        return adjusted(luts[self.iterations - 1], wish)

    def describe(self, lut: Lut3D, source: str) -> Lut3D:
        """The LUT as it is saved: with what it was made from, and how."""
        from colorfix_core.adjustments.adjusted import described

        names = ("strength", "iterations", "keep_brightness", "method")
        return described(lut, f"Light of {source}", {name: getattr(self, name) for name in names})


def local_path(file: Gio.File | None) -> Path | None:
    """The path of a file; None for none."""
    path = file.get_path() if file is not None else None
    return Path(path) if path else None
