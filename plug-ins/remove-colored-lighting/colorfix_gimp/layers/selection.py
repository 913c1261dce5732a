"""What is selected of a layer, and how far."""

from __future__ import annotations

from colorfix_core.engine.contract import Pixels
from colorfix_gimp.gimp import Gegl, Gimp
from colorfix_gimp.layers.boxes import Box


def limits(layer: Gimp.Layer) -> bool:
    """Whether a selection keeps changes from a part of the layer."""
    return not (Gimp.Selection.is_empty(layer.get_image()) or layer.is_floating_sel())


def selection_weights(layer: Gimp.Layer, box: Box) -> Pixels | None:
    """How far each pixel is selected, (height, width) in 0..1; None if nothing limits it."""
    if not limits(layer):
        return None
    _ok, left, top = layer.get_offsets()
    area = box.moved(left, top).rectangle
    buffer = layer.get_image().get_selection().get_buffer()
    data = buffer.get(area, 1.0, "Y float", Gegl.AbyssPolicy.NONE)
    return Pixels(data, (box.height, box.width), "float32")
