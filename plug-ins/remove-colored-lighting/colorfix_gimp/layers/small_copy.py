"""GIMP's own small copies of layers, made in a moment; numpy is not needed to fetch them."""

from functools import cache

from colorfix_gimp.gimp import Gimp, GLib

LONGEST_SIDE = 1024  # GIMP makes none larger
# Since 3.1 GIMP converts small copies to 8-bit sRGB, whatever format it says that they have.
IS_SRGB = (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION) >= (3, 1)


@cache
def small_copy(layer_id: int) -> tuple[GLib.Bytes | None, int, int, int]:
    """A layer's pixels, their width and height, and bytes per pixel.

    The pixels are in the layer's own format, or 8-bit sRGB where `IS_SRGB`; None where GIMP's
    preferences forbid previews.
    """
    if Gimp.gimprc_query("layer-previews") == "no":
        return None, 0, 0, 0
    layer = Gimp.Item.get_by_id(layer_id)
    sides = (min(side, LONGEST_SIDE) for side in (layer.get_width(), layer.get_height()))
    found: tuple[GLib.Bytes | None, int, int, int] = layer.get_thumbnail_data(*sides)
    return found
