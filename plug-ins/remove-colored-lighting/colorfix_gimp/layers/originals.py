"""Bit for bit: what must not change is put back where GIMP's merge rounds.

Merging through a selection blends in 32-bit float, and not in the encoding of every image.
Where a layer holds finer numbers than that, pixels outside the selection and alpha would
come back with other last bits. Integers of 8 bits survive as they are; those of 16 bits and
half floats do if they are sRGB, whose curve is the one they are blended in.
"""

from __future__ import annotations

from dataclasses import dataclass

from colorfix_core.engine.contract import Pixels
from colorfix_gimp import engine
from colorfix_gimp.gimp import Babl, Gegl, Gimp
from colorfix_gimp.layers.boxes import Box
from colorfix_gimp.layers.selection import selection_weights

_ROUNDED = {"u32": "uint32", "float": "float32", "double": "float64"}
_ROUNDED_WITH_PROFILE = {"u16": "uint16", "half": "float16"}


@dataclass(frozen=True)
class Originals:
    """The native pixels of a layer before the merge.

    They are kept by GIMP, as another layer. A buffer of this process would go to the disk where
    it is large, and come back empty, without an error, where the disk is full.
    """

    layer: Gimp.Layer
    box: Box
    format: str
    dtype: str
    kept: Gimp.Layer

    @classmethod
    def of(cls, layer: Gimp.Layer, box: Box, has_hidden: bool, changes: bool) -> Originals | None:
        """Remember what will be needed; None where the merge is exact by itself.

        Parameters
        ----------
        has_hidden : whether there are colors under zero alpha to be kept
        changes : whether the layer itself will be changed; only then it has to be copied
        """
        native = layer.get_format()
        name, encoding = Babl.get_name(native), Babl.format_get_encoding(native)
        component = encoding.split()[-1]
        rounded = _ROUNDED if name == encoding else _ROUNDED | _ROUNDED_WITH_PROFILE
        limited = not Gimp.Selection.is_empty(layer.get_image())
        alpha_at_risk = layer.has_alpha() and component != "float"
        if component not in rounded or not (limited or has_hidden or alpha_at_risk):
            return None
        kept = layer.copy() if changes else layer
        return cls(layer, box, name, rounded[component], kept)

    def put_back(self, target: Gimp.Layer) -> None:
        """Restore unselected and fully transparent pixels, and alpha, to the last bit.

        Parameters
        ----------
        target : the layer, or a copy of it that the image does not hold yet. Written right after
            the merge, into the same rectangle, this belongs to its undo step.
        """
        buffer, kept = target.get_buffer(), self.kept.get_buffer()
        for strip in self.box.strips():
            before, merged = self._native(kept, strip), self._native(buffer, strip)
            chosen = selection_weights(self.layer, strip)
            exact = engine.call("put_back", merged, before, chosen, self.layer.has_alpha())
            buffer.set(strip.rectangle, self.format, exact.data)
        buffer.flush()

    def _native(self, buffer: Gegl.Buffer, box: Box) -> Pixels:
        data = buffer.get(box.rectangle, 1.0, self.format, Gegl.AbyssPolicy.NONE)
        return Pixels(data, (box.height, box.width, 3 + self.layer.has_alpha()), self.dtype)
