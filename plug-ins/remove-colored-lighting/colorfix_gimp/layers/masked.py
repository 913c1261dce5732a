"""Several lights as layers: one for each, with a mask that says where it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from colorfix_core.engine.client import Held
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers.boxes import place_of, selected
from colorfix_gimp.layers.encodings import Encoding
from colorfix_gimp.layers.selection import selection_weights
from colorfix_gimp.layers.sources import rasterize
from colorfix_gimp.layers.undo import one_step
from colorfix_gimp.translation import _

LINEAR = Gimp.LayerColorSpace.RGB_LINEAR


def refuse_masked(layer: Gimp.Layer) -> None:
    """A layer that has a mask already cannot become two with other masks."""
    if layer.get_mask() is not None:
        raise Failure(
            _(
                "“{layer}” has a mask, which layers with masks would lose; apply it, or choose "
                "another output."
            ).format(layer=layer.get_name())
        )


def correct_in_layers(
    image: Gimp.Image,
    layer: Gimp.Layer,
    luts: Sequence[Held],
    whole: Held,
    before_commit: Callable[[], None],
) -> None:
    """Put a group above a layer, in which every light has a layer.

    Together they show what `whole` makes of the layer: they are mixed in linear light. Nothing is
    put into the image before all is computed; it is one step to undo.

    Parameters
    ----------
    luts : one for each light
    whole : the same with their places
    """
    lights = []
    for number, lut in enumerate(luts):
        lights.append(_Light(layer, number, lut, whole))
        for share in lights[-1].prepare():
            Gimp.progress_update((number + share) / len(luts))
    Gimp.progress_end()
    before_commit()
    with one_step(image):
        group = Gimp.GroupLayer.new(image, _("Remove Colored Lighting"))
        group.set_opacity(layer.get_opacity())
        group.set_mode(layer.get_mode())
        image.insert_layer(group, layer.get_parent(), image.get_item_position(layer))
        for light in lights:
            image.insert_layer(light.target, group, 0)
            rasterize(light.target)
        image.set_selected_layers([lights[-1].target])
    Gimp.displays_flush()


class _Light:
    """One light's layer, which the image does not hold yet; those after the first have masks."""

    def __init__(self, layer: Gimp.Layer, number: int, lut: Held, whole: Held) -> None:
        self.layer, self.number, self.lut, self.whole = layer, number, lut, whole
        self.target = layer.copy()
        self.target.set_name(_("Light {number}").format(number=number + 1))
        self.target.set_lock_content(False)
        self.target.set_visible(True)
        self.target.set_opacity(100)
        self.target.set_mode(Gimp.LayerMode.NORMAL)
        self.target.set_blend_space(LINEAR)
        self.target.set_composite_space(LINEAR)
        self.mask: Gimp.LayerMask | None = None
        if number:  # what lies below says what is transparent
            self.target.set_composite_mode(Gimp.LayerCompositeMode.CLIP_TO_BACKDROP)
            self.mask = self.target.create_mask(Gimp.AddMaskType.BLACK)
            self.target.add_mask(self.mask)

    def prepare(self) -> Iterator[float]:
        """Fill layer and mask; yield the share that is done."""
        box, encoding = selected(self.layer), Encoding.of(self.target)
        source, sink = self.layer.get_buffer(), self.target.get_buffer()
        covers = self.mask.get_buffer() if self.mask else None
        for strip in box.strips():
            pixels = encoding.read(source, strip)
            corrected, _hidden = engine.call(
                "corrected", self.lut, pixels, selection_weights(self.layer, strip)
            )
            if covers and encoding.has_alpha:
                corrected = engine.call("opaque", corrected)
            encoding.write(sink, strip, corrected)
            if covers:
                place = place_of(self.layer, strip)
                share = engine.call("share", self.whole, self.number, pixels, place)
                covers.set(strip.rectangle, "Y float", share.data)
            yield (strip.y + strip.height - box.y) / box.height
        for buffer in filter(None, (sink, covers)):
            buffer.flush()


def shares_of(layer: Gimp.Layer, whole: Held, number: int) -> Iterator[Held]:
    """How much of a light's LUT the pixels of a whole layer get, strip by strip."""
    from colorfix_gimp.layers.boxes import whole as all_of

    encoding, buffer = Encoding.of(layer), layer.get_buffer()
    for strip in all_of(layer).strips():
        pixels = encoding.read(buffer, strip)
        yield engine.call("share", whole, number, pixels, place_of(layer, strip))
