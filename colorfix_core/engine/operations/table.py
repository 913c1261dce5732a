"""The operations of an engine, by the names under which a client asks for them.

Arguments and results are plain values, numpy arrays, and what `held` lists. Arrays that come in
are read-only and gone when the operation ends: what is kept has to be copied.
"""

from collections.abc import Callable, Mapping
from typing import Any

from colorfix_core.engine.operations import corrections, identities, sampling, strips, views

OPERATIONS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        corrections.lut_in_file,
        corrections.untouched,
        corrections.coarse,
        corrections.adjusted,
        corrections.in_places,
        corrections.lights_of,
        corrections.area_average,
        corrections.faded,
        corrections.chain,
        corrections.described,
        corrections.errors_of_sizes,
        corrections.saved,
        corrections.saved_mask,
        strips.corrected,
        strips.put_back,
        strips.share,
        strips.opaque,
        sampling.counted_box,
        sampling.thumbnail_builder,
        sampling.add_strip,
        sampling.finished,
        sampling.rough_thumbnail,
        views.view,
        views.scaled,
        views.shown,
        views.shown_finely,
        identities.identity_level,
        identities.identity_pixels,
        identities.lut_of_identity,
    )
}
