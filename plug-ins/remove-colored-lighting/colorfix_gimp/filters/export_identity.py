"""Export Identity Layer as LUT: what color edits did to an identity becomes a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from colorfix_core.engine.client import Held
from colorfix_gimp.failures import Cancelled, Failure
from colorfix_gimp.gimp import Gimp, Gio
from colorfix_gimp.layers.checks import refuse_unfit
from colorfix_gimp.layers.identity import lut_of
from colorfix_gimp.lut_files import fitting_size, save
from colorfix_gimp.settings import local_path
from colorfix_gimp.translation import DOMAIN, _


def run(
    _procedure: Gimp.Procedure,
    mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: Sequence[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
    _data: Any,
) -> None:
    """Write the LUT where `config` says, or where the user chooses."""
    refuse_unfit(drawables, changes_layer=False)
    if len(drawables) != 1:
        raise Failure(_("One LUT comes from one layer; select a single layer."))
    lut = _edited_lut(image, drawables[0])
    if mode == Gimp.RunMode.INTERACTIVE:
        _save_by_dialog(lut, image, config)
        return
    file = local_path(config.get_property("lut-file"))
    if file is None:
        raise Failure(_("No LUT file is chosen; choose one."))
    points = config.get_property("lut-size") or fitting_size(lut, Path(file).suffix)
    for note in save(lut, file, points):
        Gimp.message(note)


def _edited_lut(image: Gimp.Image, layer: Gimp.Layer) -> Held:
    """The layer as LUT, with the filters that lie on it; they are not in its own pixels."""
    if not layer.get_filters():
        return lut_of(layer)
    copy = image.duplicate()
    try:
        twin = _same_place(copy, layer)
        twin.merge_filters()
        return lut_of(twin)
    finally:
        copy.delete()


def _same_place(copy: Gimp.Image, layer: Gimp.Layer) -> Gimp.Layer:
    """The layer of a duplicated image that stands where `layer` does in the original."""
    parent = layer.get_parent()
    siblings = _same_place(copy, parent).get_children() if parent else copy.get_layers()
    return siblings[layer.get_image().get_item_position(layer)]


def _save_by_dialog(lut: Held, image: Gimp.Image, config: Gimp.ProcedureConfig) -> None:
    from colorfix_gimp.dialogs.export_lut import choose_and_save
    from colorfix_gimp.gtk import GimpUi

    GimpUi.init(DOMAIN)
    saved = choose_and_save(None, lut, image, "identity")
    if saved is None:
        raise Cancelled
    config.set_property("lut-file", Gio.File.new_for_path(str(saved)))
