"""The picture of every color, as a layer: making one, and reading back what it has become."""

from __future__ import annotations

from typing import Any

from colorfix_core.engine.client import Held
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers.boxes import Box, whole
from colorfix_gimp.layers.encodings import FLOAT
from colorfix_gimp.translation import _

PRECISION = Gimp.Precision.FLOAT_NON_LINEAR  # so that editing loses nothing


def make_identity(level: int) -> Gimp.Image:
    """An image whose one layer is an identity LUT in the layout of a HaldCLUT."""
    side = level**3
    image = Gimp.Image.new_with_precision(side, side, Gimp.ImageBaseType.RGB, PRECISION)
    image.undo_disable()
    layer = Gimp.Layer.new(
        image, _("Color LUT Identity"), side, side, Gimp.ImageType.RGB_IMAGE, 100,
        Gimp.LayerMode.NORMAL,
    )  # fmt: skip
    image.insert_layer(layer, None, 0)
    buffer = layer.get_buffer()
    FLOAT.write(buffer, whole(layer), engine.call("identity_pixels", level))
    buffer.flush()
    layer.update(0, 0, side, side)
    image.undo_enable()
    image.clean_all()
    return image


def lut_of(layer: Gimp.Layer) -> Held:
    """The LUT that a layer has become by editing.

    Raises
    ------
    Failure
        If the layer never was an identity LUT.
    """
    name, box = layer.get_name(), whole(layer)
    _refuse_other_sizes(name, box)
    found = engine.call("lut_of_identity", FLOAT.read(layer.get_buffer(), box))
    if found["lut"] is None:
        raise Failure(
            _("“{layer}” holds values that are not numbers (NaN); undo the last edit.").format(
                layer=name
            )
        )
    if doubt := _doubt(found):
        Gimp.message(doubt.format(layer=name))
    title = layer.get_image().get_name() or name
    lut: Held = engine.call("described", found["lut"], title, {})
    return lut


def _doubt(found: dict[str, Any]) -> str:
    """What speaks against a LUT being what edits of colors make of an identity; or nothing."""
    if found["rough"]:
        return _("“{layer}” does not look like an edited identity picture; check the LUT.")
    if found["moved"]:
        return _(
            "“{{layer}}” was edited by place, as a blur, sharpening or a vignette does, by "
            "{levels} levels of 255; a LUT only holds edits of colors, so leave that edit out."
        ).format(levels=round(found["moved"]))
    if found["broken"]:
        return _(
            "The edit of “{{layer}}” breaks between two colors, which a LUT makes a ramp: there it "
            "is off by up to {levels} levels of 255; a softer edit avoids that."
        ).format(levels=round(found["broken"]))
    return ""


def _refuse_other_sizes(name: str, box: Box) -> None:
    if engine.call("identity_level", box.width, box.height) is None:
        raise Failure(
            _(
                "“{layer}” is not the picture of a LUT; make one with "
                "File > Create > Color LUT Identity and edit that."
            ).format(layer=name)
        )
