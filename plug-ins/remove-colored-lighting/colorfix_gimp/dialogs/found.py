"""What was found, in words and colors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from colorfix_core.engine.client import Held
from colorfix_gimp import engine
from colorfix_gimp.gimp import GLib
from colorfix_gimp.gtk import GdkPixbuf, Gtk
from colorfix_gimp.prediction.sampling import Thumbnail
from colorfix_gimp.translation import N_, _

SIDE = 18
# What `colorfix_core.found_light` calls them.
_LIGHTS = {
    ("slight", "red"): N_("slight red light"),
    ("slight", "orange"): N_("slight orange light"),
    ("slight", "yellow"): N_("slight yellow light"),
    ("slight", "yellow-green"): N_("slight yellow-green light"),
    ("slight", "green"): N_("slight green light"),
    ("slight", "cyan"): N_("slight cyan light"),
    ("slight", "blue"): N_("slight blue light"),
    ("slight", "violet"): N_("slight violet light"),
    ("slight", "magenta"): N_("slight magenta light"),
    ("slight", "magenta-red"): N_("slight pink light"),
    ("clear", "red"): N_("red light"),
    ("clear", "orange"): N_("orange light"),
    ("clear", "yellow"): N_("yellow light"),
    ("clear", "yellow-green"): N_("yellow-green light"),
    ("clear", "green"): N_("green light"),
    ("clear", "cyan"): N_("cyan light"),
    ("clear", "blue"): N_("blue light"),
    ("clear", "violet"): N_("violet light"),
    ("clear", "magenta"): N_("magenta light"),
    ("clear", "magenta-red"): N_("pink light"),
    ("strong", "red"): N_("strong red light"),
    ("strong", "orange"): N_("strong orange light"),
    ("strong", "yellow"): N_("strong yellow light"),
    ("strong", "yellow-green"): N_("strong yellow-green light"),
    ("strong", "green"): N_("strong green light"),
    ("strong", "cyan"): N_("strong cyan light"),
    ("strong", "blue"): N_("strong blue light"),
    ("strong", "violet"): N_("strong violet light"),
    ("strong", "magenta"): N_("strong magenta light"),
    ("strong", "magenta-red"): N_("strong pink light"),
}


@dataclass(frozen=True)
class Found:
    """What is said of the lights, and each before and after the correction."""

    text: str
    swatches: tuple[tuple[Sequence[float], Sequence[float]], ...]


def found_in(
    luts: Sequence[Held], masks: Sequence[Held], seen: Thumbnail, several_wanted: bool
) -> Found:
    """What corrections, with their masks, say of the light in what was seen."""
    lights = engine.call("lights_of", luts, masks, seen.picture, seen.weights)
    known = [light for light in lights if light["strength"] != "none"]
    swatches = tuple((light["before"], light["after"]) for light in known)
    if not known:
        return Found(
            _("No colored light found: move the slider to thorough, or try a candidate."), ()
        )
    names = [_(_LIGHTS[light["strength"], light["hue"]]) for light in known]
    if len(luts) > 1:
        return Found(_("Two lights: {lights}.").format(lights=", ".join(names)), swatches)
    text = _("Found: {light}.").format(light=names[0])
    if several_wanted:
        text += " " + _("One light was found, so the whole picture is corrected alike.")
    return Found(text, swatches)


class FoundRow(Gtk.Box):
    """Swatches with an arrow from before to after, and the text beside them."""

    def __init__(self) -> None:
        super().__init__(spacing=8)
        self._swatches = Gtk.Box(spacing=2)
        self._label = Gtk.Label(xalign=0, wrap=True, max_width_chars=34)
        self.pack_start(self._swatches, False, False, 0)
        self.pack_start(self._label, True, True, 0)
        self.show_all()

    def show_found(self, found: Found | None) -> None:
        """Show it; None empties the row."""
        for child in self._swatches.get_children():
            child.destroy()
        self._label.set_text(found.text if found else "")
        for before, after in found.swatches if found else ():
            for part in (_swatch(before), Gtk.Label(label="→"), _swatch(after)):
                self._swatches.pack_start(part, False, False, 0)
        self._swatches.set_tooltip_text(
            _("A gray surface in this light, before and after the correction")
        )
        self._swatches.show_all()


def _swatch(color: Sequence[float]) -> Gtk.Image:
    data = bytes(round(255 * min(max(number, 0), 1)) for number in color) * (SIDE * SIDE)
    pixbuf = GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(data), GdkPixbuf.Colorspace.RGB, False, 8, SIDE, SIDE, 3 * SIDE
    )
    return Gtk.Image.new_from_pixbuf(pixbuf)
