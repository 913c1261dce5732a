"""One run's arguments, as GIMP's config holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from colorfix_core.adjustments.places import Place, parse_all
from colorfix_core.engine.client import Held
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp, Gio
from colorfix_gimp.translation import _

BALANCED, UNTOUCHED = 5, 6  # candidates that the direct method does not predict
# What a saved LUT says it was made with; of the rest, what differs from what is usual.
_ALWAYS = ("strength", "iterations", "keep_brightness", "method")
_USUAL = {
    "thoroughness": 50, "candidate": 1, "lights": "one", "temperature": 0, "tint": 0,
    "exposure": 0, "saturation": 0, "film_contrast": False, "neutral_picks": "", "skin_picks": "",
}  # fmt: skip

Known = tuple[str, Sequence[float]]  # "neutral" or "skin", and a color


@dataclass(frozen=True)
class Settings:
    """The arguments of Remove Colored Lighting; `arguments.LIGHTING` says what they mean."""

    strength: float
    thoroughness: float
    candidate: int
    lights: str
    iterations: int
    keep_brightness: bool
    sample_from: str
    method: str
    output: str
    several_layers: str
    device: str
    lut_file: Path | None
    lut_size: int
    temperature: float
    tint: float
    exposure: float
    saturation: float
    film_contrast: bool
    neutral_picks: str
    skin_picks: str

    @classmethod
    def of(cls, config: Gimp.ProcedureConfig) -> Settings:
        """Read them from GIMP's config."""
        names = [field.name for field in fields(cls) if field.name != "lut_file"]
        values = {name: config.get_property(name.replace("_", "-")) for name in names}
        return cls(lut_file=local_path(config.get_property("lut-file")), **values)

    @property
    def picks(self) -> list[tuple[str, Place]]:
        """What the user knows of which places; Failure if a text holds none."""
        texts = (("neutral", self.neutral_picks), ("skin", self.skin_picks))
        try:
            return [(kind, place) for kind, text in texts for place in parse_all(text or "")]
        except ValueError as error:
            raise Failure(
                _("“{text}” is no list of places; write X,Y or X,Y,RADIUS.").format(
                    text=" ".join(filter(None, (self.neutral_picks, self.skin_picks)))
                )
            ) from error

    def wish(self, known: Sequence[Known]) -> dict[str, Any]:
        """What the engine's `adjusted` takes; `known` are the colors of the picks."""
        return {
            "strength": self.strength / 100,
            "keep_brightness": self.keep_brightness,
            "film_contrast": self.film_contrast,
            "temperature": self.temperature,
            "tint": self.tint,
            "exposure": self.exposure,
            "saturation": self.saturation,
            "picks": list(known),
        }

    def describe(self, lut: Held, source: str) -> Held:
        """The LUT as it is saved: with what it was made from, and how."""
        chosen = {name: getattr(self, name) for name in _ALWAYS}
        others = {name: getattr(self, name) for name in _USUAL}
        chosen |= {name: value for name, value in others.items() if value != _USUAL[name]}
        saved: Held = engine.call("described", lut, f"Light of {source}", chosen)
        return saved


def faded(lut: Held, config: Gimp.ProcedureConfig) -> Held:
    """A LUT as strong as a config says."""
    result: Held = engine.call("faded", lut, config.get_property("strength") / 100)
    return result


def local_path(file: Gio.File | None) -> Path | None:
    """The path of a file; None for none."""
    path = file.get_path() if file is not None else None
    return Path(path) if path else None
