"""Layers that GIMP draws from a text and, since 3.2, from a path or a linked file."""

from colorfix_gimp.gimp import Gimp


def follows_source(layer: Gimp.Layer) -> bool:
    """Whether GIMP may draw a layer anew from what it was made of; before 3.2 it tells of none."""
    kind = getattr(Gimp, "Rasterizable", None)
    return kind is not None and isinstance(layer, kind) and not layer.is_rasterized()


def rasterize(layer: Gimp.Layer) -> None:
    """Let a layer of the image have pixels of its own, which last.

    A merge does that to texts and paths; a link would stay one, and might be drawn anew.
    """
    if follows_source(layer):
        layer.rasterize()
