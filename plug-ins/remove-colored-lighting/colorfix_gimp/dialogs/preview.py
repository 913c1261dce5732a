"""The before/after view of the dialogs: split by a divider one can drag, fitted or 1:1."""

import numpy as np
from gi.repository import Gdk, Gimp, GimpUi, Gtk

from colorfix_gimp.dialogs.views import View, part
from colorfix_gimp.layers.encodings import Box
from colorfix_gimp.translation import _

BACKDROP = 48  # the grey around a picture that is smaller than the view
CHECKS = np.array([[102, 153], [153, 102]], np.uint8).repeat(8, 0).repeat(8, 1)
GRIP = 8  # how near to the divider a click takes it


class Preview(Gtk.Box):
    """Shows a layer before and after a correction."""

    def __init__(self, layer: Gimp.Layer, width: int, height: int) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self._layer = layer
        self._size = layer.get_width(), layer.get_height()
        self._overview: View | None = None
        self._correction = None
        self._view: View | None = None
        self._frames: tuple[np.ndarray, np.ndarray] | None = None
        self._mode, self._actual_size = "split", False
        self._divider = 0.5
        self._centre = [side / 2 for side in self._size]
        self._drag: tuple | None = None
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

    def show_correction(self, correction) -> None:
        """Show what a function from and to uint8 (h, w, 4) pixels makes of the layer."""
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
        """Colour what is seen: after a change of the correction."""
        if self._view is None:
            return
        before = _on_checks(self._view.pixels)
        after = before
        if self._correction is not None:
            after = _on_checks(self._view.corrected(self._correction))
        self._frames = before, after
        self._draw()

    def _draw(self) -> None:
        """Compose before, after and divider; this is all that a moved divider needs."""
        height, width = self._area_size()
        canvas = np.full((height, width, 3), BACKDROP, np.uint8)
        if self._frames is not None:
            self._draw_picture(canvas, *self._frames)
        self._area.draw(0, 0, width, height, Gimp.ImageType.RGB_IMAGE, canvas.tobytes(), 3 * width)

    def _draw_picture(self, canvas: np.ndarray, before: np.ndarray, after: np.ndarray) -> None:
        height, width = canvas.shape[:2]
        top, left = (height - before.shape[0]) // 2, (width - before.shape[1]) // 2
        picture = canvas[top : top + before.shape[0], left : left + before.shape[1]]
        picture[:] = before if self._mode == "before" else after
        if self._mode == "split":
            split = min(max(self._divider_x() - left, 0), before.shape[1])
            picture[:, :split] = before[:, :split]
            x = self._divider_x()
            canvas[:, max(x - 1, 0) : x + 1] = 255
            canvas[height // 2 - 12 : height // 2 + 12, max(x - 3, 0) : x + 3] = 255

    def _area_size(self) -> tuple[int, int]:
        """Height and width of the view, never more than the widget has."""
        return max(1, self._area.get_allocated_height()), max(1, self._area.get_allocated_width())

    def _fitted_size(self) -> tuple[int, int]:
        """Width and height of the whole layer in the view; small layers are not enlarged."""
        height, width = self._area_size()
        w, h = self._size
        scale = min(width / w, height / h, 1)
        return max(1, round(w * scale)), max(1, round(h * scale))

    def _visible_box(self) -> Box:
        """The part of the layer that fits into the view at 1:1, around the chosen centre."""
        height, width = self._area_size()
        w, h = self._size
        width, height = min(width, w), min(height, h)
        x = min(max(self._centre[0] - width / 2, 0), w - width)
        y = min(max(self._centre[1] - height / 2, 0), h - height)
        self._centre = [x + width / 2, y + height / 2]
        return Box(int(x), int(y), width, height)

    def _divider_x(self) -> int:
        return round(self._divider * self._area_size()[1])

    def _near_divider(self, x: float) -> bool:
        return self._mode == "split" and abs(x - self._divider_x()) <= GRIP

    def _on_press(self, area, event) -> bool:
        area.grab_focus()
        if event.button != Gdk.BUTTON_PRIMARY:
            return False
        if self._near_divider(event.x) or not self._actual_size:
            self._drag = ("divider",)
            self._move_divider(event.x)
        else:
            self._drag = ("picture", event.x, event.y, *self._centre)
        return True

    def _on_release(self, _area, _event) -> bool:
        self._drag = None
        return True

    def _on_motion(self, area, event) -> bool:
        if self._drag is None:
            name = "col-resize" if self._near_divider(event.x) else "default"
            cursor = Gdk.Cursor.new_from_name(area.get_display(), name)
            area.get_window().set_cursor(cursor)
        elif self._drag[0] == "divider":
            self._move_divider(event.x)
        else:
            _what, x, y, centre_x, centre_y = self._drag
            self._centre = [centre_x + x - event.x, centre_y + y - event.y]
            self._look_again()
        return True

    def _on_key(self, _area, event) -> bool:
        step = {Gdk.KEY_Left: -0.05, Gdk.KEY_Right: 0.05}.get(event.keyval)
        if step is None or self._mode != "split":
            return False
        self._move_divider((self._divider + step) * self._area_size()[1])
        return True

    def _move_divider(self, x: float) -> None:
        if self._mode == "split":
            self._divider = min(max(x / self._area_size()[1], 0), 1)
            self._draw()


def _linked(labels: dict[str, str], active: str, chosen) -> Gtk.Box:
    """A row of joined buttons of which one is pressed; `chosen` gets its key."""
    row = Gtk.Box()
    row.get_style_context().add_class("linked")
    first = None
    for key, label in labels.items():
        button = Gtk.RadioButton.new_with_label_from_widget(first, label)
        button.set_mode(False)
        button.set_active(key == active)
        button.connect("toggled", lambda b, k: b.get_active() and chosen(k), key)
        row.pack_start(button, False, False, 0)
        first = first or button
    return row


def _on_checks(pixels: np.ndarray) -> np.ndarray:
    """RGBA over GIMP's checkerboard, as uint8 RGB."""
    alpha = pixels[..., 3:]
    if alpha.min() == 255:
        return pixels[..., :3]
    height, width = pixels.shape[:2]
    repeats = -(-height // CHECKS.shape[0]), -(-width // CHECKS.shape[1])
    checks = np.tile(CHECKS, repeats)[:height, :width, None]
    mix = pixels[..., :3].astype(np.uint32) * alpha + checks.astype(np.uint32) * (255 - alpha)
    return ((mix + 127) // 255).astype(np.uint8)
