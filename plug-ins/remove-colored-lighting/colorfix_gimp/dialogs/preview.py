"""The before/after view of the dialogs: split by a divider one can drag, fitted or 1:1."""

from __future__ import annotations

from collections.abc import Callable

from colorfix_core.engine.client import Held
from colorfix_core.engine.contract import Pixels
from colorfix_gimp.dialogs.views import View, part
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.gtk import Gdk, GimpUi, Gtk
from colorfix_gimp.layers.boxes import Box
from colorfix_gimp.translation import _

BACKDROP = 48  # the grey around a picture that is smaller than the view
GRIP = 8  # how near to the divider a click takes it


class Preview(Gtk.Box):
    """Shows a layer before and after a correction."""

    def __init__(self, layer: Gimp.Layer, width: int, height: int) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._layer = layer
        self._size = layer.get_width(), layer.get_height()
        self._overview: View | None = None
        self._correction: Held | None = None
        self._view: View | None = None
        self._frames: tuple[Pixels, Pixels] | None = None
        self._mode, self._actual_size = "split", False
        self._divider = 0.5
        self._center = self._size[0] / 2, self._size[1] / 2
        self._drag: tuple[float, float, float, float] | None = None  # of the picture
        self._drags_divider = False
        self._area = self._make_area(width, height)
        frame = Gtk.Frame(shadow_type=Gtk.ShadowType.IN)
        frame.add(self._area)
        self.pack_start(frame, True, True, 0)
        self.pack_start(self._make_buttons(), False, False, 0)
        self.show_all()

    def show_layer(self, overview: View) -> None:
        """Show the layer; before this the view is empty."""
        self._overview = overview
        self._look_again()

    def show_correction(self, correction: Held | None) -> None:
        """Show what a correction makes of the layer, if there is one."""
        self._correction = correction
        self._correct_again()

    def _make_area(self, width: int, height: int) -> GimpUi.PreviewArea:
        area = GimpUi.PreviewArea()
        area.set_size_request(width, height)
        area.set_can_focus(True)
        area.add_events(
            Gdk.EventMask.BUTTON_PRESS_MASK
            | Gdk.EventMask.BUTTON_RELEASE_MASK
            | Gdk.EventMask.POINTER_MOTION_MASK
        )
        area.connect_after("size-allocate", lambda *_: self._look_again())
        area.connect("button-press-event", self._on_press)
        area.connect("button-release-event", self._on_release)
        area.connect("motion-notify-event", self._on_motion)
        area.connect("key-press-event", self._on_key)
        return area

    def _make_buttons(self) -> Gtk.Box:
        row = Gtk.Box(spacing=6)
        modes = {"before": _("Before"), "split": _("Split"), "after": _("After")}
        zooms = {"fit": _("Fit"), "actual": _("1:1")}
        row.pack_start(_linked(modes, "split", self._set_mode), False, False, 0)
        row.pack_end(_linked(zooms, "fit", self._set_zoom), False, False, 0)
        return row

    def _set_mode(self, mode: str) -> None:
        self._mode = mode
        self._draw()

    def _set_zoom(self, zoom: str) -> None:
        self._actual_size = zoom == "actual"
        self._look_again()

    def _look_again(self) -> None:
        """Fetch what is to be seen: after a change of size, zoom or place."""
        if self._overview is None:
            self._draw()
            return
        if self._actual_size and self._layer.is_valid():
            self._view = part(self._layer, self._visible_box())
        else:
            self._view = self._overview.scaled(*self._fitted_size())
        self._correct_again()

    def _correct_again(self) -> None:
        """Color what is seen: after a change of the correction."""
        if self._view is None:
            return
        self._frames = self._view.shown(self._correction)
        self._draw()

    def _draw(self) -> None:
        """Compose before, after and divider; this is all that a moved divider needs."""
        height, width = self._area_size()
        self._fill(0, 0, width, height, BACKDROP)
        if self._frames is None:
            return
        before, after = self._frames
        left = (width - before.shape[1]) // 2
        split = {"before": before.shape[1], "after": 0}.get(self._mode)
        if split is None:
            split = min(max(self._divider_x() - left, 0), before.shape[1])
        self._draw_columns(before, 0, split)
        self._draw_columns(after, split, after.shape[1])
        if self._mode == "split":
            self._draw_divider(self._divider_x(), height)

    def _draw_columns(self, frame: Pixels, begin: int, end: int) -> None:
        """Some columns of a picture that stands in the middle of the view."""
        height, width = self._area_size()
        rows, columns = frame.shape[:2]
        if begin < end:
            self._area.draw(
                (width - columns) // 2 + begin, (height - rows) // 2, end - begin, rows,
                Gimp.ImageType.RGB_IMAGE, frame.data[3 * begin :], 3 * columns,
            )  # fmt: skip

    def _draw_divider(self, x: int, height: int) -> None:
        """A line with a grip in its middle."""
        for half, top, bottom in (1, 0, height), (3, height // 2 - 12, height // 2 + 12):
            left, top = max(x - half, 0), max(top, 0)
            self._fill(left, top, x + half - left, bottom - top, 255)

    def _fill(self, left: int, top: int, width: int, height: int, gray: int) -> None:
        self._area.fill(left, top, width, height, gray, gray, gray)

    def _area_size(self) -> tuple[int, int]:
        """Height and width of the view, never more than the widget has."""
        return max(1, self._area.get_allocated_height()), max(1, self._area.get_allocated_width())

    def _fitted_size(self) -> tuple[int, int]:
        """Width and height of the whole layer in the view; small ones grow by whole factors."""
        height, width = self._area_size()
        w, h = self._size
        scale = min(width / w, height / h)
        scale = scale if scale < 1 else int(scale)
        return max(1, round(w * scale)), max(1, round(h * scale))

    def _visible_box(self) -> Box:
        """The part of the layer that fits into the view at 1:1, around the chosen center."""
        height, width = self._area_size()
        w, h = self._size
        width, height = min(width, w), min(height, h)
        x = min(max(self._center[0] - width / 2, 0), w - width)
        y = min(max(self._center[1] - height / 2, 0), h - height)
        self._center = x + width / 2, y + height / 2
        return Box(int(x), int(y), width, height)

    def _divider_x(self) -> int:
        return round(self._divider * self._area_size()[1])

    def _near_divider(self, x: float) -> bool:
        return self._mode == "split" and abs(x - self._divider_x()) <= GRIP

    def _on_press(self, area: Gtk.Widget, event: Gdk.EventButton) -> bool:
        area.grab_focus()
        if event.button != Gdk.BUTTON_PRIMARY:
            return False
        if self._near_divider(event.x) or not self._actual_size:
            self._drags_divider = True
            self._move_divider(event.x)
        else:
            self._drag = event.x, event.y, *self._center
        return True

    def _on_release(self, _area: Gtk.Widget, _event: Gdk.EventButton) -> bool:
        self._drag, self._drags_divider = None, False
        return True

    def _on_motion(self, area: Gtk.Widget, event: Gdk.EventMotion) -> bool:
        if self._drags_divider:
            self._move_divider(event.x)
        elif self._drag is not None:
            x, y, center_x, center_y = self._drag
            self._center = center_x + x - event.x, center_y + y - event.y
            self._look_again()
        else:
            name = "col-resize" if self._near_divider(event.x) else "default"
            cursor = Gdk.Cursor.new_from_name(area.get_display(), name)
            if window := area.get_window():
                window.set_cursor(cursor)
        return True

    def _on_key(self, _area: Gtk.Widget, event: Gdk.EventKey) -> bool:
        step = {Gdk.KEY_Left: -0.05, Gdk.KEY_Right: 0.05}.get(event.keyval)
        if step is None or self._mode != "split":
            return False
        self._move_divider((self._divider + step) * self._area_size()[1])
        return True

    def _move_divider(self, x: float) -> None:
        if self._mode == "split":
            self._divider = min(max(x / self._area_size()[1], 0), 1)
            self._draw()


def _linked(labels: dict[str, str], active: str, chosen: Callable[[str], None]) -> Gtk.Box:
    """A row of joined buttons of which one is pressed; `chosen` gets its key."""
    row = Gtk.Box()
    row.get_style_context().add_class("linked")
    first = None

    def on_toggle(button: Gtk.RadioButton, key: str) -> None:
        if button.get_active():
            chosen(key)

    for key, label in labels.items():
        button = Gtk.RadioButton.new_with_label_from_widget(first, label)
        button.set_mode(False)
        button.set_active(key == active)
        button.connect("toggled", on_toggle, key)
        row.pack_start(button, False, False, 0)
        first = first or button
    return row
