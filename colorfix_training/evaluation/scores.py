"""How far a result is from the truth, and how it differs from the input."""

from __future__ import annotations

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


class Scores(NamedTuple):
    """Means over a picture."""

    ciede2000: float  # to the truth
    after_gain: float  # the same after the exposure that makes it smallest
    angle: float  # between result and truth in linear light, degrees
    moved: float  # CIEDE2000 to the input
    chroma: float  # mean chroma over that of the truth
    luminance: float  # mean luminance over that of the truth
    kept_luminance: float  # mean luminance over that of the input


def measure(result: np.ndarray, truth: np.ndarray, ruined: np.ndarray) -> Scores:
    """Compare (H, W, 3) uint8 pictures; every second pixel of every second row counts."""
    got, wanted, had = (linear(picture[::2, ::2]) for picture in (result, truth, ruined))
    lab, lab_wanted, lab_had = (srgb_to_lab(linear_to_srgb(p)) for p in (got, wanted, had))
    gain = (got * wanted).sum() / got.square().sum().clamp_min(1e-9)
    exposed = srgb_to_lab(linear_to_srgb((got * gain).clamp(0, 1)))
    cosine = F.cosine_similarity(got + 1e-4, wanted + 1e-4, dim=-1)
    return Scores(
        ciede2000=float(ciede2000(lab, lab_wanted).mean()),
        after_gain=float(ciede2000(exposed, lab_wanted).mean()),
        angle=float(torch.rad2deg(cosine.clamp(-1, 1).acos()).mean()),
        moved=float(ciede2000(lab, lab_had).mean()),
        chroma=_chroma(lab) / max(_chroma(lab_wanted), 1),
        luminance=_luminance(got) / _luminance(wanted),
        kept_luminance=_luminance(got) / _luminance(had),
    )


def linear(picture: np.ndarray) -> Tensor:
    """(H, W, 3) uint8 to linear light in [0, 1]."""
    return srgb_to_linear(torch.from_numpy(np.ascontiguousarray(picture)).float() / 255)


def _chroma(lab: Tensor) -> float:
    return float(lab[..., 1].hypot(lab[..., 2]).mean())


def _luminance(linear_light: Tensor) -> float:
    return float((linear_light @ LUMINANCE).mean()) + 1e-4
