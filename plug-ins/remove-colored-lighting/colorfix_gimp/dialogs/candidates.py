"""A strip of small pictures, one for each candidate; the chosen one is pressed."""

from __future__ import annotations

from collections.abc import Callable

from colorfix_core.engine.client import Held
from colorfix_core.engine.contract import Pixels
from colorfix_gimp.dialogs.views import View
from colorfix_gimp.gimp import GLib
from colorfix_gimp.gtk import GdkPixbuf, Gtk
from colorfix_gimp.settings import BALANCED, UNTOUCHED
from colorfix_gimp.translation import _

WIDTH, HEIGHT = 84, 60


class Candidates(Gtk.Box):
    """Up to six answers; `choose` is called with the number of one that is clicked."""

    def __init__(self, choose: Callable[[int], None]) -> None:
        super().__init__(spacing=4)
        self._choose = choose
        self._small: View | None = None
        self._luts: dict[int, Held] = {}
        self._buttons: dict[int, Gtk.ToggleButton] = {}
        self._pictures: dict[int, Gtk.Image] = {}
        self._setting = False
        for number in range(1, UNTOUCHED + 1):
            self._add(number)
        self.set_size_request(-1, HEIGHT + 28)  # nothing moves when the first answers come
        self.set_no_show_all(True)
        self.show()

    def show_layer(self, overview: View) -> None:
        """Show small pictures of this view."""
        rows, columns = overview.pixels.shape[:2]
        scale = min(WIDTH / columns, HEIGHT / rows)
        size = max(1, round(columns * scale)), max(1, round(rows * scale))
        self._small = overview.scaled(*size)
        for number, lut in self._luts.items():
            self._draw(number, lut)

    def offer(self, luts: dict[int, Held]) -> None:
        """Show these candidates, by their numbers, and no others."""
        for number, button in self._buttons.items():
            lut = luts.get(number)
            button.set_visible(lut is not None)
            if lut is not None and lut is not self._luts.get(number):
                self._draw(number, lut)
        self._luts = luts

    def press(self, number: int) -> None:
        """Show which one is chosen."""
        self._setting = True
        for other, button in self._buttons.items():
            button.set_active(other == number)
        self._setting = False

    def has(self, number: int) -> bool:
        """Whether there is a candidate of this number."""
        return number in self._luts

    def allow(self, allowed: bool, reason: str) -> None:
        """Whether one can be chosen; if not, why."""
        self.set_sensitive(allowed)
        for number, button in self._buttons.items():
            button.set_tooltip_text(_meaning(number) if allowed else reason)

    def _add(self, number: int) -> None:
        picture = Gtk.Image()
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=2)
        box.pack_start(picture, True, True, 0)
        label = Gtk.Label(label=_caption(number))
        label.get_style_context().add_class("dim-label")
        box.pack_start(label, False, False, 0)
        button = Gtk.ToggleButton(tooltip_text=_meaning(number))
        button.get_accessible().set_name(_meaning(number))
        button.add(box)
        box.show_all()
        button.connect("toggled", self._on_toggle, number)
        self._buttons[number], self._pictures[number] = button, picture
        self.pack_start(button, False, False, 0)

    def _on_toggle(self, button: Gtk.ToggleButton, number: int) -> None:
        if self._setting:
            return
        self.press(number)  # also where the chosen one is clicked again
        self._choose(number)

    def _draw(self, number: int, lut: Held) -> None:
        if self._small is not None:
            self._pictures[number].set_from_pixbuf(pixbuf_of(self._small.shown(lut)[1]))


def pixbuf_of(pixels: Pixels) -> GdkPixbuf.Pixbuf:
    """(h, w, 3) uint8 as GTK takes it."""
    height, width = pixels.shape[:2]
    return GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(pixels.data), GdkPixbuf.Colorspace.RGB, False, 8, width, height, 3 * width
    )


def _caption(number: int) -> str:
    names = {BALANCED: _("balanced"), UNTOUCHED: _("as it is")}
    return f"{number}  {names[number]}" if number in names else str(number)


def _meaning(number: int) -> str:
    if number == BALANCED:
        text = _("What the latent balancer makes of the picture (key {n})")
    elif number == UNTOUCHED:
        text = _("The picture as it is, to be adjusted by hand (key {n})")
    elif number == 1:
        text = _("The likeliest correction (key {n}); hold B to see the picture before it")
    else:
        text = _("Another correction that is possible (key {n})")
    return text.format(n=number)
