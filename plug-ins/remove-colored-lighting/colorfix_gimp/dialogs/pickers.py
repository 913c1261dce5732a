"""Buttons that let the user say what lies at a place: "this is neutral", "this is skin"."""

from __future__ import annotations

from collections.abc import Callable

from colorfix_core.adjustments.places import Place, parse_all, written
from colorfix_gimp.dialogs.preview import Preview
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.gtk import Gtk
from colorfix_gimp.prediction.picks import usual_radius
from colorfix_gimp.translation import _

KINDS = ("neutral", "skin")


class Pickers:
    """What is picked is kept in the settings, as texts; `changed` is called by their change.

    Parameters
    ----------
    on_pick : called before a place is added
    """

    def __init__(
        self,
        config: Gimp.ProcedureConfig,
        layer: Gimp.Layer,
        preview: Preview,
        on_pick: Callable[[], None],
    ) -> None:
        self._config, self._layer, self._preview, self._on_pick = config, layer, preview, on_pick
        self._buttons = {
            "neutral": _toggle(
                _("Neutral"), _("Click or drag on what is gray, white or black (key N)")
            ),
            "skin": _toggle(_("Skin"), _("Click or drag on somebody's skin (key K)")),
        }
        for kind, button in self._buttons.items():
            button.connect("toggled", self._on_toggle, kind)
            preview.add_button(button)
        self._clear = Gtk.Button(label=_("Clear"))
        self._clear.set_tooltip_text(_("Forget all places that were picked (Backspace: the last)"))
        self._clear.connect("clicked", lambda _: self.forget())
        preview.add_button(self._clear)
        self.show_marks()

    def toggle(self, kind: str) -> None:
        """Press or release a button."""
        button = self._buttons[kind]
        button.set_active(not button.get_active())

    def forget(self) -> None:
        """Nothing is picked any longer."""
        for kind in KINDS:
            self._config.set_property(_name(kind), "")

    def forget_last(self) -> None:
        """The last place of the kind that is being picked, or else of any, is forgotten."""
        for kind in sorted(KINDS, key=lambda kind: not self._buttons[kind].get_active()):
            if places := self._places(kind):
                self._config.set_property(_name(kind), written(places[:-1]))
                return

    def show_marks(self) -> None:
        """Show on the preview what is picked."""
        usual = usual_radius(self._layer)
        marks = [
            (kind, place.x, place.y, usual if place.radius is None else place.radius)
            for kind in KINDS
            for place in self._places(kind)
        ]
        self._preview.mark(marks)
        self._clear.set_sensitive(bool(marks))

    def _on_toggle(self, button: Gtk.ToggleButton, kind: str) -> None:
        if button.get_active():
            for other, its in self._buttons.items():
                if other != kind:
                    its.set_active(False)
            self._preview.pick(lambda x, y, radius: self._add(kind, x, y, radius))
        elif not any(its.get_active() for its in self._buttons.values()):
            self._preview.pick(None)

    def _add(self, kind: str, x: int, y: int, radius: int | None) -> None:
        self._on_pick()
        places = (*self._places(kind), Place(x, y, radius))
        self._config.set_property(_name(kind), written(places))

    def _places(self, kind: str) -> tuple[Place, ...]:
        try:
            return parse_all(self._config.get_property(_name(kind)) or "")
        except ValueError:
            return ()


def _name(kind: str) -> str:
    return f"{kind}-picks"


def _toggle(label: str, tip: str) -> Gtk.ToggleButton:
    return Gtk.ToggleButton(label=label, tooltip_text=tip)
