"""A correction as GIMP's own filters on a layer: curves, channel mixer, curves.

They can be edited, switched off and saved, and need no plug-in once they are there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from colorfix_core.engine.client import Held
from colorfix_core.engine.contract import Pixels
from colorfix_gimp import engine
from colorfix_gimp.failures import Failure
from colorfix_gimp.gimp import Babl, Gegl, Gimp, GObject
from colorfix_gimp.layers.undo import one_step
from colorfix_gimp.translation import _

OUTPUT = "editable-filters"
# In 3.0 and 3.1 GIMP itself crashes over the curves' settings.
AVAILABLE = (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION) >= (3, 2)
WORST_MEAN = 2.0
_PARASITE = "remove-colored-lighting-filters"
_OPERATIONS = ("gimp:curves", "gegl:channel-mixer")
_PERSISTENT = 1


@dataclass(frozen=True)
class Fitted:
    """A layer, the chain for it as the engine's "chain" gives it, and whether it had one before."""

    layer: Gimp.Layer
    chain: dict[str, Any]
    old: tuple[Gimp.DrawableFilter, ...]

    @property
    def remark(self) -> str:
        """What is to be said: how far the filters are from the exact correction."""
        return _(
            "“{layer}”: the filters are off the exact correction by a CIEDE2000 of {mean:.1f} on "
            "average; 95 % of the pixels stay within {highest:.1f}."
        ).format(layer=self.layer.get_name(), **self._figures)

    @property
    def _figures(self) -> dict[str, float]:
        return {name: self.chain[name] for name in ("mean", "highest")}


def require() -> None:
    """Raise a Failure where GIMP has no curves that a plug-in can put on a layer."""
    if not AVAILABLE:
        version = Gimp.version()
        raise Failure(
            _(
                "Editable filters need GIMP 3.2 or later, and this is {version}; choose another "
                "output."
            ).format(version=version)
        )


def gray_out(argument: GObject.ParamSpec) -> None:
    """Have a dialog show the output without offering it where this GIMP has no such filters.

    Scripts are not bound by it, and are told the reason.
    """
    if not AVAILABLE:
        Gimp.param_spec_choice_get_choice(argument).set_sensitive(OUTPUT, False)


def correct(
    image: Gimp.Image,
    layers: Sequence[Gimp.Layer],
    corrections: Sequence[Held],
    pictures: Sequence[Pixels],
    before_commit: Callable[[], None] = lambda: None,
) -> list[str]:
    """Put a correction on each layer as filters, in place of those that it has from here.

    What changes is one step to undo, and nothing does before all is computed.

    Parameters
    ----------
    corrections : LUTs that the engine holds
    pictures : (..., 3) sRGB-encoded colors of each layer, as often as they occur

    Returns
    -------
    What the user should read of each.

    Raises
    ------
    Failure : this GIMP has no such filters, or a chain would be too far off
    """
    require()
    jobs = [
        Fitted(layer, _chain(layer, lut, picture), tuple(_own_filters(layer)))
        for layer, lut, picture in zip(layers, corrections, pictures, strict=True)
    ]
    for job in jobs:
        _refuse_distant(job)
    Gimp.progress_end()  # Cancel, which kills this process, is not offered from here on
    before_commit()
    with one_step(image):
        for job in jobs:
            _replace(job)
    Gimp.displays_flush()
    return [job.remark for job in jobs]


def as_shown(layer: Gimp.Layer, lut: Held, picture: Pixels) -> tuple[Held, str]:
    """What filters would show of a correction, and how far off they would be.

    Parameters
    ----------
    picture : as in `correct`
    """
    job = Fitted(layer, _chain(layer, lut, picture), ())
    return job.chain["lut"], job.remark


def has_own(layer: Gimp.Layer) -> bool:
    """Whether a layer has filters that came from here."""
    return AVAILABLE and bool(_own_filters(layer))


def _chain(layer: Gimp.Layer, lut: Held, picture: Pixels) -> dict[str, Any]:
    chain: dict[str, Any] = engine.call("chain", lut, picture, _to_srgb(layer))
    return chain


def _refuse_distant(job: Fitted) -> None:
    if job.chain["mean"] > WORST_MEAN:
        raise Failure(
            _(
                "Filters would be off the exact correction of “{layer}” by a CIEDE2000 of "
                "{mean:.1f} on average; choose another output."
            ).format(layer=job.layer.get_name(), mean=job.chain["mean"])
        )


def _to_srgb(layer: Gimp.Layer) -> list[list[float]]:
    """The matrix from the linear light of a layer's own primaries to that of sRGB."""
    space = Babl.format_get_space(layer.get_format())
    own = Babl.get_name(Babl.format_with_space("RGB float", space))
    box = Gegl.Rectangle.new(0, 0, 3, 1)
    buffer = Gegl.Buffer.new(own, 0, 0, 3, 1)
    buffer.set(box, own, struct.pack("9f", 1, 0, 0, 0, 1, 0, 0, 0, 1))
    found = struct.unpack("9f", buffer.get(box, 1.0, "RGB float", Gegl.AbyssPolicy.NONE))
    return [[found[3 * column + row] for column in range(3)] for row in range(3)]


def _own_filters(layer: Gimp.Layer) -> list[Gimp.DrawableFilter]:
    """The filters that were put on a layer from here, by the names that its parasite keeps."""
    parasite = layer.get_parasite(_PARASITE)
    if parasite is None:
        return []
    names = bytes(parasite.get_data()).decode("utf-8", "replace").split("\n")
    return [
        one
        for one in layer.get_filters()
        if one.get_name() in names and one.get_operation_name() in _OPERATIONS
    ]


def _replace(job: Fitted) -> None:
    for one in job.old:
        one.delete()
    added = [*_curves(job, "first", 1), _mixer(job), *_curves(job, "last", 2)]
    for one in added:
        job.layer.append_filter(one)
    names = "\n".join(one.get_name() for one in added).encode()
    job.layer.attach_parasite(Gimp.Parasite.new(_PARASITE, _PERSISTENT, names))


def _curves(job: Fitted, key: str, number: int) -> Iterator[Gimp.DrawableFilter]:
    """A filter for each channel, in perceptual encoding whatever the image's is."""
    channels = (
        (Gimp.HistogramChannel.RED, _("Colored light: red curve {number}")),
        (Gimp.HistogramChannel.GREEN, _("Colored light: green curve {number}")),
        (Gimp.HistogramChannel.BLUE, _("Colored light: blue curve {number}")),
    )
    for (channel, name), outputs in zip(channels, job.chain[key], strict=True):
        one, settings = _filter(job.layer, "gimp:curves", name.format(number=number))
        settings.set_property("trc", Gimp.TRCType.PERCEPTUAL)
        settings.set_property("channel", channel)
        settings.set_property("curve", _curve(job.chain["inputs"], outputs))
        one.update()
        yield one


def _curve(inputs: Sequence[float], outputs: Sequence[float]) -> Gimp.Curve:
    curve = Gimp.Curve.new()
    curve.set_curve_type(Gimp.CurveType.SMOOTH)
    curve.clear_points()
    for x, y in zip(inputs, outputs, strict=True):
        curve.add_point(x, y)
    return curve


def _mixer(job: Fitted) -> Gimp.DrawableFilter:
    one, settings = _filter(job.layer, "gegl:channel-mixer", _("Colored light: channel mixer"))
    for to, gains in zip("rgb", job.chain["matrix"], strict=True):
        for source, gain in zip("rgb", gains, strict=True):
            settings.set_property(f"{to}{source}-gain", gain)
    one.update()
    return one


def _filter(
    layer: Gimp.Layer, operation: str, name: str
) -> tuple[Gimp.DrawableFilter, Gimp.DrawableFilterConfig]:
    one = Gimp.DrawableFilter.new(layer, operation, name)
    return one, one.get_config()
