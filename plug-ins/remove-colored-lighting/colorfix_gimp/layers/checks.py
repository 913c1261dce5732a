"""What may be corrected."""

from __future__ import annotations

from collections.abc import Sequence

from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.translation import _


def refuse_unfit(
    layers: Sequence[Gimp.Drawable], changes_layer: bool, by_filters: bool = False
) -> None:
    """Raise a Failure for what cannot be corrected, before anything is touched.

    `changes_layer` tells whether the layers' own pixels are to be changed, `by_filters` whether
    nothing but filters is put on them, which a group takes, too.
    """
    if not layers:
        raise Failure(_("There is no layer to work on; select one."))
    if not all(layer.is_valid() for layer in layers):
        raise Failure(_("The image was closed; open it and try again."))
    for layer in layers:
        reason = _unfit(layer, changes_layer, by_filters)
        if reason:
            raise Failure(reason.format(layer=layer.get_name()))


def _unfit(layer: Gimp.Drawable, changes_layer: bool, by_filters: bool) -> str | None:
    if not isinstance(layer, Gimp.Layer):
        return _("“{layer}” is not a layer; select the layer itself, not its mask or a channel.")
    if layer.is_group() and not by_filters:
        return _("“{layer}” is a layer group; select the layers in it.")
    if not layer.is_rgb():
        return _("“{layer}” is not in color; choose Image > Mode > RGB first.")
    if _is_locked(layer.get_parent()):
        return _("“{layer}” lies in a locked group; unlock the group first.")
    if changes_layer and _is_locked(layer):
        return _("The pixels of “{layer}” are locked; unlock them or choose a new layer as output.")
    return None


def _is_locked(item: Gimp.Item | None) -> bool:
    """Whether an item, or a group around it, is locked against changes of its pixels."""
    return item is not None and (item.get_lock_content() or _is_locked(item.get_parent()))
