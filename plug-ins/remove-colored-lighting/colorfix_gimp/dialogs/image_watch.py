"""Whether an image changes while a dialog is open: GIMP tells plug-ins of nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from colorfix_gimp.gimp import Gimp, GLib

INTERVAL = 400  # milliseconds
SMALL = 128  # pixels of a side of the copies that are compared
GRID = 5  # places along each side at which selections are


class ImageWatch:
    """Compares layers and selection with what they were, every moment until it is told to end.

    Small copies are compared, which GIMP keeps up to date anyway; where its preferences forbid
    them, sizes and places alone.
    """

    def __init__(self, layers: Sequence[Gimp.Layer], on_change: Callable[[], None]) -> None:
        self._layers, self._on_change = layers, on_change
        self._copies = Gimp.gimprc_query("layer-previews") != "no"
        self._last = self._state()
        self._timer = GLib.timeout_add(INTERVAL, self._look)

    def end(self) -> None:
        """Look no longer."""
        if self._timer:
            GLib.source_remove(self._timer)
            self._timer = 0

    def _look(self) -> bool:
        now = self._state()
        if now != self._last:
            self._last = now
            self._on_change()
        return GLib.SOURCE_CONTINUE

    def _state(self) -> Hashable:
        return tuple(self._state_of(layer) for layer in self._layers)

    def _state_of(self, layer: Gimp.Layer) -> Hashable:
        if not in_image(layer):
            return None
        image = layer.get_image()
        place = layer.get_width(), layer.get_height(), tuple(layer.get_offsets()[1:])
        selection = _selection_of(image)
        filters = len(layer.get_filters())
        state = (
            layer.get_name(), place, selection, filters, layer.get_lock_content(),
            layer.is_group(), image.get_width(), image.get_height(),
        )  # fmt: skip
        if not self._copies:
            return state
        return *state, _print_of(layer)


def in_image(layer: Gimp.Layer) -> bool:
    """Whether a layer still is in an image; deleted ones live as long as they can come back."""
    if not layer.is_valid():
        return False
    image = layer.get_image()
    if image is None or not image.is_valid():
        return False
    return layer == image.get_floating_sel() or layer in _all_layers(image.get_layers())


def _all_layers(layers: Sequence[Gimp.Layer]) -> list[Gimp.Layer]:
    found = list(layers)
    for layer in layers:
        if layer.is_group():
            found += _all_layers(layer.get_children())
    return found


def _selection_of(image: Gimp.Image) -> Hashable:
    """The bounds of a selection, and how far it goes at some places in them."""
    _ok, exists, left, top, right, bottom = Gimp.Selection.bounds(image)
    if not exists:
        return None
    xs = range(left, right, -(-(right - left) // GRID))
    ys = range(top, bottom, -(-(bottom - top) // GRID))
    return left, top, right, bottom, *(Gimp.Selection.value(image, x, y) for y in ys for x in xs)


def _print_of(drawable: Gimp.Drawable) -> Hashable:
    """What differs when a drawable looks different."""
    sides = (min(side, SMALL) for side in (drawable.get_width(), drawable.get_height()))
    data, *_size = drawable.get_thumbnail_data(*sides)
    return None if data is None else hash(data.get_data())
