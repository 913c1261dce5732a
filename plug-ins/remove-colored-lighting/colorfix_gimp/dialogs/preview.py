"""The before/after view of the dialogs: split by a divider one can drag, fitted or 1:1."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from colorfix_core.engine.client import Held
from colorfix_core.engine.contract import Pixels
from colorfix_gimp.dialogs.background import start_work
from colorfix_gimp.dialogs.views import View, finely, part
from colorfix_gimp.gimp import Gimp, GLib
from colorfix_gimp.gtk import Gdk, GimpUi, Gtk
from colorfix_gimp.layers.boxes import Box, Place, place_of
from colorfix_gimp.translation import _

BACKDROP = 48  # the grey around a picture that is smaller than the view
GRIP = 8  # how near to the divider a click takes it
LARGEST_ZOOM = 16.0
REST = 150  # milliseconds without a change, after which the view is refined
SIDES = "before", "after"
CLICK = 5  # pixels within which a drag is a click

Mark = tuple[str, int, int, int]  # "neutral" or "skin", x, y, radius


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
        self._mode = "split"
        self._zoom: float | None = None  # pixels of the view for one of the layer; None: fitted
        self._divider = 0.5
        self._center = self._size[0] / 2, self._size[1] / 2
        self._drag: tuple[float, float, float, float] | None = None  # of the picture
        self._drags_divider = False
        self._holds_before = False
        self._box: Box | None = None  # what is seen of the layer; None: all of it
        self._readout: Callable[[str], None] = lambda text: None
        self._marks: Sequence[Mark] = ()
        self._picker: Callable[[int, int, int | None], None] | None = None
        self._picked_from: tuple[float, float] | None = None  # while a picker is dragged
        self._picked_to: tuple[float, float] | None = None
        self._area = self._make_area(width, height)
        frame = Gtk.Frame(shadow_type=Gtk.ShadowType.IN)
        frame.add(self._area)
        self.pack_start(frame, True, True, 0)
        self._refining = 0  # the timer
        self.connect("destroy", lambda _: self._forget_frames())
        self._buttons = self._make_buttons()
        self.pack_start(self._buttons, False, False, 0)
        self.show_all()

    def show_layer(self, overview: View) -> None:
        """Show the layer; before this the view is empty."""
        self._overview = overview
        if self._layer.is_valid():
            self._size = self._layer.get_width(), self._layer.get_height()
        self._look_again()

    def show_correction(self, correction: Held | None) -> None:
        """Show what a correction makes of the layer, if there is one."""
        self._correction = correction
        self._correct_again()

    def hold_before(self, held: bool) -> None:
        """Show the layer as it was while something is held."""
        if held != self._holds_before:
            self._holds_before = held
            self._draw()

    def pick(self, picker: Callable[[int, int, int | None], None] | None) -> None:
        """Have the next clicks and drags pick places of the layer: x, y and radius; or stop that.

        A click has no radius.
        """
        self._picker = picker
        self._area.grab_focus()

    def mark(self, marks: Sequence[Mark]) -> None:
        """Show what was picked: kind, x, y, radius."""
        self._marks = marks
        self._draw()

    @property
    def overview(self) -> View | None:
        """The whole layer, shrunk, once it was read."""
        return self._overview

    def read_out(self, readout: Callable[[str], None]) -> None:
        """Have the colors under the pointer told."""
        self._readout = readout

    def zoom(self, to: str) -> None:
        """Press the button "fit" or "actual"."""
        self._zoom_buttons[to].set_active(True)
        self._set_zoom(to)

    def add_button(self, button: Gtk.Widget) -> None:
        """Put a button between those of the view."""
        self._buttons.pack_start(button, False, False, 0)
        button.show_all()

    def _make_area(self, width: int, height: int) -> GimpUi.PreviewArea:
        area = GimpUi.PreviewArea()
        area.set_size_request(width, height)
        area.set_can_focus(True)
        area.add_events(
            Gdk.EventMask.BUTTON_PRESS_MASK
            | Gdk.EventMask.BUTTON_RELEASE_MASK
            | Gdk.EventMask.LEAVE_NOTIFY_MASK
            | Gdk.EventMask.POINTER_MOTION_MASK
            | Gdk.EventMask.SCROLL_MASK
        )
        area.connect_after("size-allocate", lambda *_: self._look_again())
        area.connect("button-press-event", self._on_press)
        area.connect("button-release-event", self._on_release)
        area.connect("motion-notify-event", self._on_motion)
        area.connect("leave-notify-event", lambda *_: self._readout(""))
        area.connect("scroll-event", self._on_scroll)
        area.connect("key-press-event", self._on_key)
        return area

    def _make_buttons(self) -> Gtk.Box:
        row = Gtk.Box(spacing=6)
        modes = {"before": _("Before"), "split": _("Split"), "after": _("After")}
        zooms = {"fit": _("Fit"), "actual": _("1:1")}
        tips = {
            "before": _("The layer as it is"),
            "split": _("Before and after on both sides of a line that can be dragged"),
            "after": _("The layer as it will be"),
            "fit": _("The whole layer (key 0; the wheel zooms)"),
            "actual": _("A pixel of the layer is one of the screen; drag to move it (key 9)"),
        }
        row.pack_start(_linked(modes, tips, "split", self._set_mode)[0], False, False, 0)
        zoom, self._zoom_buttons = _linked(zooms, tips, "fit", self._set_zoom)
        row.pack_end(zoom, False, False, 0)
        return row

    def _set_mode(self, mode: str) -> None:
        self._mode = mode
        self._draw()

    def _set_zoom(self, zoom: str) -> None:
        self._zoom = None if zoom == "fit" else 1.0
        self._look_again()

    def _look_again(self) -> None:
        """Fetch what is to be seen: after a change of size, zoom or place."""
        if self._overview is None:
            self._draw()
            return
        if self._zoom is not None and self._layer.is_valid():
            self._box = self._visible_box(self._zoom)
            size = round(self._box.width * self._zoom), round(self._box.height * self._zoom)
            self._view = part(self._layer, self._box).scaled(*(max(1, side) for side in size))
        else:
            self._view, self._box = self._overview.scaled(*self._fitted_size()), None
        self._correct_again()

    def _correct_again(self) -> None:
        """Color what is seen: after a change of the correction."""
        if self._view is None:
            return
        self._frames = self._view.shown(self._correction, self._seen_place())
        self._draw()
        self._refine_later()

    def _refine_later(self) -> None:
        """Show the fitted layer as it will look to the last level, once nothing changes."""
        self._stop_refining()
        if self._box is None and self._correction is not None:
            self._refining = GLib.timeout_add(REST, self._refine)

    def _refine(self) -> bool:
        self._refining = 0
        frames, overview, correction = self._frames, self._overview, self._correction
        if frames and overview and correction and self._box is None:
            height, width = frames[0].shape[:2]
            work = start_work(finely, overview, correction, width, height)
            work.add_done_callback(lambda done: GLib.idle_add(self._show_refined, frames, done))
        return GLib.SOURCE_REMOVE

    def _show_refined(self, frames: tuple[Pixels, Pixels], refined: Future[Pixels]) -> bool:
        """Unless something else is shown by now."""
        if frames is self._frames and refined.exception() is None:
            self._frames = frames[0], refined.result()
            self._draw()
        return GLib.SOURCE_REMOVE

    def _forget_frames(self) -> None:
        """The view is closed: what is under way shows nothing."""
        self._stop_refining()
        self._frames = None

    def _stop_refining(self) -> None:
        if self._refining:
            GLib.source_remove(self._refining)
            self._refining = 0

    def _seen_place(self) -> Place | None:
        """Where what is seen lies in all of the layer, in pixels of the view."""
        if self._box is None or self._zoom is None:
            return None
        top, left, height, width = (
            round(number * self._zoom) for number in place_of(self._layer, self._box)
        )
        return top, left, height, width

    def _draw(self) -> None:
        """Compose before, after and divider; this is all that a moved divider needs."""
        height, width = self._area_size()
        self._fill(0, 0, width, height, BACKDROP)
        if self._frames is None:
            return
        before, after = self._frames
        left = (width - before.shape[1]) // 2
        mode = "before" if self._holds_before else self._mode
        split = {"before": before.shape[1], "after": 0}.get(mode)
        if split is None:
            split = min(max(self._divider_x() - left, 0), before.shape[1])
        self._draw_columns(before, 0, split)
        self._draw_columns(after, split, after.shape[1])
        if mode == "split":
            self._draw_divider(self._divider_x(), height)
        self._draw_marks()

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

    def _draw_marks(self) -> None:
        """A frame around each picked area, bright within dark; skin has a dot in it."""
        for kind, x, y, radius in self._marks:
            left, top = self._seen_at(x - radius, y - radius)
            right, bottom = self._seen_at(x + radius + 1, y + radius + 1)
            self._draw_frame(left, top, max(right - left, 7), max(bottom - top, 7))
            if kind == "skin":
                self._fill((left + right) // 2 - 1, (top + bottom) // 2 - 1, 3, 3, 255)
        if self._picked_from and self._picked_to:
            (x0, y0), (x1, y1) = self._picked_from, self._picked_to
            left, top = round(min(x0, x1)), round(min(y0, y1))
            self._draw_frame(left, top, round(abs(x1 - x0)) + 1, round(abs(y1 - y0)) + 1)

    def _draw_frame(self, left: int, top: int, width: int, height: int) -> None:
        for grow, gray in (1, 0), (0, 255):
            x, y, w, h = left - grow, top - grow, width + 2 * grow, height + 2 * grow
            for line in (x, y, w, 1), (x, y + h - 1, w, 1), (x, y, 1, h), (x + w - 1, y, 1, h):
                self._fill(*line, gray)

    def _fill(self, left: int, top: int, width: int, height: int, gray: int) -> None:
        """What of a rectangle lies in the view."""
        rows, columns = self._area_size()
        right, bottom = min(left + width, columns), min(top + height, rows)
        left, top = max(left, 0), max(top, 0)
        if left < right and top < bottom:
            self._area.fill(left, top, right - left, bottom - top, gray, gray, gray)

    def _seen_at(self, x: float, y: float) -> tuple[int, int]:
        """Where in the view a point of the layer is."""
        left, top, scale = self._geometry()
        return round(left + x * scale), round(top + y * scale)

    def _layer_at(self, x: float, y: float) -> tuple[int, int]:
        """The pixel of the layer at a point of the view, inside the layer."""
        left, top, scale = self._geometry()
        width, height = self._size
        across, down = int((x - left) // scale), int((y - top) // scale)
        return min(max(across, 0), width - 1), min(max(down, 0), height - 1)

    def _geometry(self) -> tuple[float, float, float]:
        """Where in the view the layer's corner is, and the length there of a layer's pixel."""
        height, width = self._area_size()
        if self._frames is None:
            return 0.0, 0.0, 1.0
        rows, columns = self._frames[0].shape[:2]
        left, top = (width - columns) // 2, (height - rows) // 2
        if self._box is None or self._zoom is None:
            return left, top, columns / self._size[0]
        return left - self._box.x * self._zoom, top - self._box.y * self._zoom, self._zoom

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

    def _visible_box(self, zoom: float) -> Box:
        """The part of the layer that fits into the view, around the chosen center."""
        height, width = (max(1, int(side / zoom)) for side in self._area_size())
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
        if self._picker is not None:
            self._picked_from = event.x, event.y
            return True
        if self._near_divider(event.x) or self._zoom is None:
            self._drags_divider = True
            self._move_divider(event.x)
        else:
            self._drag = event.x, event.y, *self._center
        return True

    def _on_release(self, _area: Gtk.Widget, event: Gdk.EventButton) -> bool:
        if self._picker is not None and self._picked_from is not None:
            self._end_pick(self._picker, self._picked_from, (event.x, event.y))
        self._drag, self._drags_divider = None, False
        return True

    def _end_pick(
        self,
        picker: Callable[[int, int, int | None], None],
        start: tuple[float, float],
        end: tuple[float, float],
    ) -> None:
        self._picked_from = self._picked_to = None
        (x0, y0), (x1, y1) = self._layer_at(*start), self._layer_at(*end)
        if max(abs(end[0] - start[0]), abs(end[1] - start[1])) < CLICK:
            picker(x0, y0, None)
        else:
            picker((x0 + x1) // 2, (y0 + y1) // 2, max(abs(x1 - x0), abs(y1 - y0)) // 2)

    def _on_motion(self, area: Gtk.Widget, event: Gdk.EventMotion) -> bool:
        if self._picked_from is not None:
            self._picked_to = event.x, event.y
            self._draw()
        elif self._drags_divider:
            self._move_divider(event.x)
        elif self._drag is not None:
            x, y, center_x, center_y = self._drag
            zoom = self._zoom or 1.0
            self._center = center_x + (x - event.x) / zoom, center_y + (y - event.y) / zoom
            self._look_again()
        else:
            name = "col-resize" if self._near_divider(event.x) else "default"
            name = "crosshair" if self._picker else name
            cursor = Gdk.Cursor.new_from_name(area.get_display(), name)
            if window := area.get_window():
                window.set_cursor(cursor)
        self._tell_colors(event.x, event.y)
        return True

    def _tell_colors(self, x: float, y: float) -> None:
        """Say which colors the pixel under the pointer has, before and after."""
        if self._frames is None:
            return
        before, after = self._frames
        height, width = self._area_size()
        rows, columns = before.shape[:2]
        column, row = int(x) - (width - columns) // 2, int(y) - (height - rows) // 2
        if not (0 <= column < columns and 0 <= row < rows):
            self._readout("")
            return
        place = 3 * (row * columns + column)
        colors = (" ".join(map(str, frame.data[place : place + 3])) for frame in (before, after))
        self._readout(_("RGB {before} → {after}").format(**dict(zip(SIDES, colors, strict=True))))

    def _on_scroll(self, _area: Gtk.Widget, event: Gdk.EventScroll) -> bool:
        """The wheel zooms by two, and the pixel under the pointer stays there."""
        _ok, _across, down = event.get_scroll_deltas()
        up = event.direction == Gdk.ScrollDirection.UP or down < 0
        if not up and event.direction != Gdk.ScrollDirection.DOWN and down == 0:
            return False
        left, top, scale = self._geometry()
        at = (event.x - left) / scale, (event.y - top) / scale
        self._zoom = self._next_zoom(scale, up)
        if self._zoom is not None:
            height, width = self._area_size()
            off = (width / 2 - event.x) / self._zoom, (height / 2 - event.y) / self._zoom
            self._center = at[0] + off[0], at[1] + off[1]
        self._look_again()
        return True

    def _next_zoom(self, scale: float, up: bool) -> float | None:
        """The next power of two; None where all of the layer fits into the view."""
        height, width = self._area_size()
        fitted = min(width / self._size[0], height / self._size[1])
        power = math.floor(math.log2(scale) + 1.001) if up else math.ceil(math.log2(scale) - 1.001)
        zoom = min(2.0**power, LARGEST_ZOOM)
        return zoom if zoom > fitted else None

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


def _linked(
    labels: dict[str, str], tips: dict[str, str], active: str, chosen: Callable[[str], None]
) -> tuple[Gtk.Box, dict[str, Gtk.RadioButton]]:
    """A row of joined buttons of which one is pressed; `chosen` gets its key."""
    row = Gtk.Box()
    row.get_style_context().add_class("linked")
    first, buttons = None, {}

    def on_toggle(button: Gtk.RadioButton, key: str) -> None:
        if button.get_active():
            chosen(key)

    for key, label in labels.items():
        button = Gtk.RadioButton.new_with_label_from_widget(first, label)
        button.set_mode(False)
        button.set_tooltip_text(tips[key])
        button.set_active(key == active)
        button.connect("toggled", on_toggle, key)
        row.pack_start(button, False, False, 0)
        first = first or button
        buttons[key] = button
    return row, buttons
