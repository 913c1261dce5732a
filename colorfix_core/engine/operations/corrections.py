"""LUTs: predicted, loaded, adjusted, saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from colorfix_core.adjustments import adjusted as adjusting
from colorfix_core.adjustments.adjusted import Adjustments, adjusted_alike
from colorfix_core.adjustments.picks import Pick
from colorfix_core.adjustments.trims import Trims
from colorfix_core.errors import ImageError
from colorfix_core.files import png16
from colorfix_core.files.replace import replacing
from colorfix_core.found_light import found_light
from colorfix_core.luts.chain import curves, fitting
from colorfix_core.luts.lut import Lut3D
from colorfix_core.luts.masked import MaskedLuts
from colorfix_core.pixels.areas import average
from colorfix_core.pixels.depths import Array
from colorfix_core.pixels.guided_filter import GuidedMask
from colorfix_core.pixels.thumbnail import Thumbnail
from colorfix_core.service.requests import Answer, Load, Predict, Question, Request

# Points along an axis of a LUT that is adjusted while a slider moves.
_QUICK = 36


def asking(ask: Callable[[Request], Answer]) -> dict[str, Callable[..., Any]]:
    """The operations that need the networks.

    `ready` has them loaded on a device; `predicted` answers a question, see there.
    """

    def ready(device: str) -> list[str]:
        return list(ask(Load(device)).notes)

    def predicted(question: Mapping[str, Any], picture: Array, weights: Array) -> dict[str, Any]:
        # Where the request is answered in this process, it may outlive the operation's arrays.
        seen = Thumbnail(picture.copy(), weights.copy())
        answer = ask(Predict(Question(**question), seen))
        return {
            "luts": answer.luts,
            "notes": answer.notes,
            "origins": answer.origins,
            "masks": answer.masks,
        }

    return {"ready": ready, "predicted": predicted}


def lut_in_file(path: str) -> Lut3D:
    """The LUT in a file; LutFileError if it holds none."""
    return Lut3D.load(path)


def untouched(size: int) -> Lut3D:
    """The LUT that changes nothing, to be adjusted by hand."""
    return Lut3D.identity(size)


def coarse(lut: Lut3D) -> Lut3D:
    """A LUT that is quickly adjusted, for a view that follows a slider; those that are stay."""
    return lut if lut.size <= _QUICK else lut.finer((_QUICK + 1) // 2)


def adjusted(
    luts: Sequence[Lut3D],
    wish: Mapping[str, Any],
    picture: Array | None = None,
    weights: Array | None = None,
) -> list[Lut3D]:
    """See `adjusted_alike`.

    Parameters
    ----------
    wish : `strength`, `keep_brightness` and `film_contrast` of `Adjustments`, the fields of
        `Trims`, and `picks`, each a kind and three numbers
    picture, weights : of a `Thumbnail`
    """
    small = None
    if picture is not None and weights is not None:
        small = Thumbnail(picture, weights)
    picks = tuple(Pick(kind, tuple(color)) for kind, color in wish["picks"])
    trims = Trims(*(wish[field.name] for field in fields(Trims)))
    return adjusted_alike(
        luts,
        Adjustments(wish["strength"], wish["keep_brightness"], picks, wish["film_contrast"], trims),
        small,
    )


def in_places(
    luts: Sequence[Lut3D], masks: Sequence[GuidedMask], window: Sequence[float]
) -> MaskedLuts:
    """LUTs with their places.

    Parameters
    ----------
    window : what part of the layer the masks were predicted from: top, left, bottom, right as
        shares of its sides
    """
    top, left, bottom, right = window
    placed = tuple(mask.within((top, left, bottom, right)) for mask in masks)
    return MaskedLuts(tuple(luts), placed)


def lights_of(
    luts: Sequence[Lut3D], masks: Sequence[GuidedMask], picture: Array, weights: Array
) -> list[dict[str, Any]]:
    """The fields of each LUT's `found_light`, judged where it counts for more than the others."""
    shares = MaskedLuts(tuple(luts), tuple(masks)).shares(picture)
    most = np.max(shares, 0)
    return [
        asdict(found_light(lut, Thumbnail(picture, weights * (share == most))))
        for lut, share in zip(luts, shares, strict=True)
    ]


def area_average(
    pixels: Array, x: int, y: int, radius: int, chosen: Array | None = None
) -> tuple[float, float, float] | None:
    """See `pixels.areas.average`."""
    return average(pixels, x, y, radius, chosen)


def faded(lut: Lut3D, strength: float) -> Lut3D:
    """See `Lut3D.blend`."""
    return lut.blend(strength)


def chain(lut: Lut3D, picture: Array, to_srgb: Sequence[Sequence[float]]) -> dict[str, Any]:
    """See `luts.chain.fitting.fit`: what GIMP's own curves and channel mixer are to be set to.

    Returns
    -------
    `inputs` of the curves' points, their outputs `first` and `last`, a list a channel, `matrix`,
    and what remains: `mean` and `highest`; `lut` does what the chain does, for previews
    """
    primaries = np.asarray(to_srgb, np.float64)
    fitted = fitting.fit(lut, picture, primaries)
    return {
        "lut": Lut3D.sharing(fitting.as_lut(fitted, primaries)),
        "inputs": curves.inputs().tolist(),
        "first": fitted.first.T.tolist(),
        "last": fitted.last.T.tolist(),
        "matrix": fitted.matrix.tolist(),
        "mean": fitted.mean,
        "highest": fitted.highest,
    }


def described(lut: Lut3D, title: str, settings: Mapping[str, object]) -> Lut3D:
    """See `colorfix_core.adjustments`."""
    return adjusting.described(lut, title, settings)


def errors_of_sizes(lut: Lut3D, sizes: Iterable[int]) -> list[float]:
    """By how many levels of 255 a LUT would be off in each of some sizes."""
    return [lut.error_of(points) for points in sizes]


def saved(lut: Lut3D, path: str, points: int | None) -> None:
    """Write a LUT, resampled to so many points if they are given; LutFileError if that fails."""
    (lut if points is None else lut.finer(points)).save(path)


def saved_mask(shares: Sequence[Array], path: str) -> None:
    """Write a 16-bit gray picture of (h, w) float shares, which lie below one another.

    Raises
    ------
    ImageError : it cannot be written
    """
    gray = np.concatenate([(share * 65535 + 0.5).astype(np.uint16) for share in shares])
    try:
        with replacing(Path(path)) as part, open(part, "wb") as stream:
            png16.write(np.repeat(gray[..., None], 3, -1), stream)
    except OSError as error:
        raise ImageError(f"{path} cannot be written: {error.strerror or error}") from error
