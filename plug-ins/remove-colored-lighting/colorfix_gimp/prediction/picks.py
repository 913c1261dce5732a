"""The colors that lie under the places which the user has picked; only GIMP's thread may read."""

from __future__ import annotations

from colorfix_core.adjustments.places import Place
from colorfix_gimp import engine
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers.boxes import Box
from colorfix_gimp.layers.encodings import Encoding
from colorfix_gimp.settings import Known, Settings

# As `colorfix_core.pixels.areas` has it, where nobody says how large an area is.
_SMALL, _SMALLEST = 0.005, 2


def usual_radius(layer: Gimp.Layer) -> int:
    """How far a picked area reaches from its middle, in pixels."""
    return max(_SMALLEST, round(_SMALL * max(layer.get_width(), layer.get_height())))


def known_colors(layer: Gimp.Layer, settings: Settings) -> list[Known]:
    """What is known of the colors of a layer; places outside it say nothing."""
    found: list[Known] = []
    for kind, place in settings.picks:
        color = color_at(layer, place)
        if color is not None:
            found.append((kind, color))
    return found


def color_at(layer: Gimp.Layer, place: Place) -> list[float] | None:
    """The average color around a place, sRGB-encoded; None if there is nothing."""
    width, height = layer.get_width(), layer.get_height()
    if not (0 <= place.x < width and 0 <= place.y < height):
        return None
    radius = usual_radius(layer) if place.radius is None else place.radius
    left, top = max(place.x - radius, 0), max(place.y - radius, 0)
    right, bottom = min(place.x + radius + 1, width), min(place.y + radius + 1, height)
    box = Box(left, top, right - left, bottom - top)
    pixels = Encoding.of(layer).read(layer.get_buffer(), box)
    color: list[float] | None = engine.call(
        "area_average", pixels, place.x - left, place.y - top, radius
    )
    return color
