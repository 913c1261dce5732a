"""Color LUT Identity: a picture of every colour, to be edited and exported as a LUT.

The layout is HaldCLUT's: level L gives a square of L³ pixels a side that holds N = L² steps
of each channel, red fastest, then green, then blue.
"""

import math

import numpy as np
from gi.repository import Gegl, Gimp, GObject

from colorfix_gimp.failures import Failure
from colorfix_gimp.layers.correct import whole
from colorfix_gimp.layers.encodings import FLOAT
from colorfix_gimp.translation import _

ROUGH = 0.08  # mean second difference of a lattice; posterising to three levels makes 0.03
PRECISION = Gimp.Precision.FLOAT_NON_LINEAR  # so that editing loses nothing


def run(_procedure, config, _data) -> list[GObject.Value]:
    """Make the picture and, where there are windows, show it."""
    level = int(config.get_property("level"))
    Gegl.init(None)
    image = make_identity(level)
    if config.get_property("run-mode") == Gimp.RunMode.INTERACTIVE:
        Gimp.Display.new(image)
        Gimp.displays_flush()
    return [GObject.Value(Gimp.Image.__gtype__, image)]


def make_identity(level: int) -> Gimp.Image:
    """An image whose one layer is an identity LUT."""
    side = level**3
    image = Gimp.Image.new_with_precision(side, side, Gimp.ImageBaseType.RGB, PRECISION)
    image.undo_disable()
    layer = Gimp.Layer.new(
        image, _("Color LUT Identity"), side, side, Gimp.ImageType.RGB_IMAGE, 100,
        Gimp.LayerMode.NORMAL,
    )  # fmt: skip
    image.insert_layer(layer, None, 0)
    buffer = layer.get_buffer()
    FLOAT.write(buffer, whole(layer), identity_pixels(level))
    buffer.flush()
    layer.update(0, 0, side, side)
    image.undo_enable()
    image.clean_all()
    return image


def identity_pixels(level: int) -> np.ndarray:
    """Opaque float pixels (L³, L³, 4) in which each colour of an N³ lattice occurs once."""
    steps = np.linspace(0, 1, level**2, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue, np.ones_like(red)], -1).reshape(level**3, level**3, 4)


def lut_of(layer: Gimp.Layer):
    """The LUT that a layer has become by editing.

    Raises
    ------
    Failure
        If the layer never was an identity LUT.
    """
    from colorfix_core import Lut3D

    box = whole(layer)
    level = round(box.width ** (1 / 3))
    if box.width != box.height or level**3 != box.width or level < 2:
        raise Failure(
            _(
                "“{layer}” is not the picture of a LUT; make one with "
                "File > Create > Color LUT Identity and edit that."
            ).format(layer=layer.get_name())
        )
    points = level**2
    colours = FLOAT.read(layer.get_buffer(), box)[..., :3].reshape(points, points, points, 3)
    if not math.isfinite(colours.sum()):
        raise Failure(
            _("“{layer}” holds values that are not numbers (NaN); undo the last edit.").format(
                layer=layer.get_name()
            )
        )
    if _is_rough(colours):
        Gimp.message(
            _("“{layer}” does not look like an edited identity picture; check the LUT.").format(
                layer=layer.get_name()
            )
        )
    return Lut3D(colours.transpose(2, 1, 0, 3), title=layer.get_image().get_name() or "")


def _is_rough(lattice: np.ndarray) -> bool:
    """Whether neighbours differ as in any picture, and not as after edits of colours."""
    bends = [np.abs(np.diff(lattice, 2, axis)).mean() for axis in range(3) if lattice.shape[0] > 8]
    return bool(bends) and max(bends) > ROUGH
