"""What an output can be made of, and where LUTs that need no prediction go."""

from __future__ import annotations

from collections.abc import Sequence

from colorfix_core.engine.client import Held
from colorfix_gimp.gimp import Gimp
from colorfix_gimp.layers import editable_filters
from colorfix_gimp.layers.checks import refuse_unfit
from colorfix_gimp.layers.correct import correct
from colorfix_gimp.prediction.sampling import colors_of

# Outputs that leave the pixels of the layer as they are.
NEW_LAYERS = ("new-layer", "masked-layers")


def refuse_unfit_for(layers: Sequence[Gimp.Drawable], output: str) -> None:
    """Raise a Failure for what this output cannot be made of."""
    by_filters = output == editable_filters.OUTPUT
    if by_filters:
        editable_filters.require()
    refuse_unfit(layers, changes_layer=output not in NEW_LAYERS, by_filters=by_filters)


def put(
    image: Gimp.Image, layers: Sequence[Gimp.Layer], lut: Held, output: str, name: str
) -> list[str]:
    """Put one LUT on layers; what the user should read of it."""
    luts = [lut] * len(layers)
    if output == editable_filters.OUTPUT:
        pictures = [colors_of(layer) for layer in layers]
        return editable_filters.correct(image, layers, luts, pictures)
    correct(image, layers, luts, output, name)
    return []
