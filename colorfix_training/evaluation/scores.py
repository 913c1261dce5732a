"""How far a result is from the truth."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color.lab import (
    LUMINANCE,
    ciede2000,
    linear_to_srgb,
    srgb_to_lab,
    srgb_to_linear,
)


class Kept(NamedTuple):
    """What a correction keeps of a picture."""

    ciede2000: float  # mean distance to the truth
    chroma_ratio: float  # mean chroma over that of the truth; below 1 is grayer
    luminance_ratio: float  # mean linear luminance over that of the truth
    luminance_kept: float  # and over that of the picture which was corrected


def measure(result: np.ndarray, photo: np.ndarray) -> tuple[float, float, float]:
    """CIEDE2000, CIEDE2000 after the best exposure gain, angular error in degrees: means."""
    result, truth = to_linear(result[::2, ::2]), to_linear(photo[::2, ::2])
    lab = srgb_to_lab(linear_to_srgb(truth))
    plain = ciede2000(srgb_to_lab(linear_to_srgb(result)), lab).mean()
    gain = (result * truth).sum() / result.square().sum().clamp_min(1e-9)
    exposed = linear_to_srgb((result * gain).clamp(0, 1))
    after_gain = ciede2000(srgb_to_lab(exposed), lab).mean()
    cosine = torch.nn.functional.cosine_similarity(result + 1e-4, truth + 1e-4, dim=-1)
    angle = torch.rad2deg(cosine.clamp(-1, 1).acos()).mean()
    return float(plain), float(after_gain), float(angle)


def kept(result: np.ndarray, truth: np.ndarray, spoiled: np.ndarray) -> Kept:
    """Measure a result against the truth and against the input, (H, W, 3) uint8 each."""
    linear = [to_linear(p[::2, ::2]) for p in (result, truth, spoiled)]
    lab, wanted = (srgb_to_lab(linear_to_srgb(p)) for p in linear[:2])
    chroma, chroma_wanted = (float(p[..., 1].hypot(p[..., 2]).mean()) for p in (lab, wanted))
    light, light_wanted, light_before = (float((p @ LUMINANCE).mean()) + 1e-4 for p in linear)
    return Kept(
        float(ciede2000(lab, wanted).mean()),
        chroma / max(chroma_wanted, 1),
        light / light_wanted,
        light / light_before,
    )


def to_linear(picture: np.ndarray) -> Tensor:
    """(H, W, 3) uint8 sRGB to linear light."""
    return srgb_to_linear(torch.from_numpy(np.ascontiguousarray(picture)).float() / 255)
