"""How far a result is from the truth, how it differs from the input, and what the eye meets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorfix_core.color.lab import (
    LUMINANCE,
    ciede2000,
    linear_to_srgb,
    srgb_to_lab,
    srgb_to_linear,
)
from colorfix_training.evaluation.flat_parts import noise_ratio
from colorfix_training.evaluation.skin import TONES, Skin, color_of, is_plausible

_UNKNOWN = float("nan")


class Scores(NamedTuple):
    """Means over a picture."""

    ciede2000: float  # to the truth
    after_gain: float  # the same after the exposure that makes it smallest
    angle: float  # between result and truth in linear light, degrees
    moved: float  # CIEDE2000 to the input
    chroma: float  # mean chroma over that of the truth
    luminance: float  # mean luminance over that of the truth
    kept_luminance: float  # mean luminance over that of the input
    noise_l: float = _UNKNOWN  # noise in flat parts over that of the input, L*
    noise_a: float = _UNKNOWN
    noise_b: float = _UNKNOWN
    band: float = _UNKNOWN  # CIEDE2000 where two lights mix over that elsewhere
    light_faces: int = 0  # faces of that tone
    light_plausible: int = 0  # and those with a color of skin in the result
    medium_faces: int = 0
    medium_plausible: int = 0
    dark_faces: int = 0
    dark_plausible: int = 0


def measure(
    result: np.ndarray,
    truth: np.ndarray,
    ruined: np.ndarray,
    band: np.ndarray | None = None,
    skins: Sequence[Skin] = (),
) -> Scores:
    """Compare (H, W, 3) uint8 pictures; every second pixel of every second row counts.

    Parameters
    ----------
    band : (H, W) bool, where two lights mix
    skins : faces whose color is judged
    """
    got, wanted, had = (linear(picture[::2, ::2]) for picture in (result, truth, ruined))
    lab, lab_wanted, lab_had = (srgb_to_lab(linear_to_srgb(p)) for p in (got, wanted, had))
    gain = (got * wanted).sum() / got.square().sum().clamp_min(1e-9)
    exposed = srgb_to_lab(linear_to_srgb((got * gain).clamp(0, 1)))
    cosine = F.cosine_similarity(got + 1e-4, wanted + 1e-4, dim=-1)
    errors = ciede2000(lab, lab_wanted)
    noise = _noise(result, ruined)
    return Scores(
        ciede2000=float(errors.mean()),
        after_gain=float(ciede2000(exposed, lab_wanted).mean()),
        angle=float(torch.rad2deg(cosine.clamp(-1, 1).acos()).mean()),
        moved=float(ciede2000(lab, lab_had).mean()),
        chroma=_chroma(lab) / max(_chroma(lab_wanted), 1),
        luminance=_luminance(got) / _luminance(wanted),
        kept_luminance=_luminance(got) / _luminance(had),
        noise_l=noise[0],
        noise_a=noise[1],
        noise_b=noise[2],
        band=_UNKNOWN if band is None else _band(errors.numpy(), band[::2, ::2]),
        **_faces(result, skins),
    )


def _noise(result: np.ndarray, ruined: np.ndarray) -> list[float]:
    before, after = (srgb_to_lab(linear_to_srgb(linear(p))).numpy() for p in (ruined, result))
    clipped = ((ruined == 0) | (ruined == 255)).any(2)
    return [float(ratio) for ratio in noise_ratio(before, after, clipped)]


def _band(errors: np.ndarray, band: np.ndarray) -> float:
    """NaN where the band is next to nothing, or everything."""
    if not 0.02 < band.mean() < 0.98:
        return _UNKNOWN
    return float(errors[band].mean() / max(errors[~band].mean(), 0.1))


def _faces(result: np.ndarray, skins: Sequence[Skin]) -> dict[str, int]:
    """For each tone, how many faces there are, and how many are plausible."""
    found = {f"{tone}_{kind}": 0 for tone in TONES for kind in ("faces", "plausible")}
    for skin in skins:
        found[f"{skin.tone}_faces"] += 1
        color = color_of(result, skin.face, skin.regions)
        found[f"{skin.tone}_plausible"] += is_plausible(color)
    return found


def linear(picture: np.ndarray) -> Tensor:
    """(H, W, 3) uint8 to linear light in [0, 1]."""
    return srgb_to_linear(torch.from_numpy(np.ascontiguousarray(picture)).float() / 255)


def _chroma(lab: Tensor) -> float:
    return float(lab[..., 1].hypot(lab[..., 2]).mean())


def _luminance(linear_light: Tensor) -> float:
    return float((linear_light @ LUMINANCE).mean()) + 1e-4
