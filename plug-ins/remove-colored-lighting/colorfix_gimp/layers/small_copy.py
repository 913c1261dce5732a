"""GIMP's own small copies of layers, made in a moment; numpy is not needed to fetch them."""

from functools import cache

from colorfix_gimp.gimp import Gimp, GLib

LONGEST_SIDE = 1024  # GIMP makes none larger


@cache
def small_copy(layer_id: int) -> tuple[GLib.Bytes | None, int, int, int]:
    """A layer's pixels in its own format, their width and height, and bytes per pixel.

    None for the pixels where GIMP's preferences forbid previews.
    """
    if Gimp.gimprc_query("layer-previews") == "no":
        return None, 0, 0, 0
    layer = Gimp.Item.get_by_id(layer_id)
    sides = (min(side, LONGEST_SIDE) for side in (layer.get_width(), layer.get_height()))
    found: tuple[GLib.Bytes | None, int, int, int] = layer.get_thumbnail_data(*sides)
    return found
