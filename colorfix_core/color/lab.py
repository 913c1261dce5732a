"""Colour arithmetic on torch tensors; colour channels are the last axis everywhere.

Encoded values are sRGB R'G'B' in [0, 1], linear values are relative to D65 white = 1.
Every function is differentiable and keeps dtype and device.
"""

from typing import cast

import torch
from torch import Tensor

from colorfix_core.color import srgb

RGB_TO_XYZ = torch.tensor(srgb.RGB_TO_XYZ, dtype=torch.float32)
LUMINANCE = RGB_TO_XYZ[1]
_D65 = RGB_TO_XYZ.sum(1)


def srgb_to_linear(encoded: Tensor) -> Tensor:
    """Decode sRGB (IEC 61966-2-1); negative values are mirrored."""
    return cast(Tensor, srgb.decode(encoded, torch.where))


def linear_to_srgb(linear: Tensor) -> Tensor:
    """Encode to sRGB (IEC 61966-2-1); negative values are mirrored."""
    return cast(Tensor, srgb.encode(linear, torch.where))


def srgb_to_lab(encoded: Tensor) -> Tensor:
    """CIELAB (CIE 15:2018, D65 white) of sRGB-encoded colours: L in [0, 100]."""
    xyz = srgb_to_linear(encoded) @ RGB_TO_XYZ.to(encoded).T / _D65.to(encoded)
    threshold = (6 / 29) ** 3
    root = xyz.clamp_min(threshold) ** (1 / 3)
    f = torch.where(xyz > threshold, root, xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f.unbind(-1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def ciede2000(lab: Tensor, reference: Tensor) -> Tensor:
    """CIEDE2000 colour difference, k_L = k_C = k_H = 1.

    Formulas and their numbering after Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference
    Formula", Color Research and Application 30 (2005).

    Parameters
    ----------
    lab, reference : (..., 3) CIELAB, float32 or float64

    Returns
    -------
    (...) differences, >= 0
    """
    l1, a1, b1 = lab.unbind(-1)
    l2, a2, b2 = reference.unbind(-1)
    mean_chroma7 = ((a1.hypot(b1) + a2.hypot(b2)) / 2) ** 7
    a_scale = 1.5 - 0.5 * (mean_chroma7 / (mean_chroma7 + 25.0**7)).sqrt()
    a1, a2 = a1 * a_scale, a2 * a_scale
    c1, c2 = a1.hypot(b1), a2.hypot(b2)
    h1, h2 = torch.atan2(b1, a1), torch.atan2(b2, a2)

    achromatic = c1 * c2 == 0
    turn = 2 * torch.pi
    dh = torch.remainder(h2 - h1 + torch.pi, turn) - torch.pi
    delta_hue = torch.where(achromatic, torch.zeros_like(dh), 2 * (c1 * c2).sqrt() * (dh / 2).sin())
    mean_hue = torch.where(achromatic, h1 + h2, torch.remainder(h1 + dh / 2, turn))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2

    degrees = torch.rad2deg(mean_hue)
    t = (
        1
        - 0.17 * torch.deg2rad(degrees - 30).cos()
        + 0.24 * (2 * mean_hue).cos()
        + 0.32 * torch.deg2rad(3 * degrees + 6).cos()
        - 0.20 * torch.deg2rad(4 * degrees - 63).cos()
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / (20 + (mean_l - 50) ** 2).sqrt()
    s_c = 1 + 0.045 * mean_c
    s_h = 1 + 0.015 * mean_c * t
    rotation = torch.deg2rad(60 * torch.exp(-(((degrees - 275) / 25) ** 2)))
    mean_c7 = mean_c**7
    r_t = -rotation.sin() * 2 * (mean_c7 / (mean_c7 + 25.0**7)).sqrt()

    dl, dc, dh = (l2 - l1) / s_l, (c2 - c1) / s_c, delta_hue / s_h
    return (dl**2 + dc**2 + dh**2 + r_t * dc * dh).clamp_min(0).sqrt()


def cie94(lab: Tensor, reference: Tensor) -> Tensor:
    """CIE94 colour difference, graphic arts weights, chroma of the reference (CIE 116:1995).

    Close to CIEDE2000, but with gradients that are safe to train with.

    Parameters
    ----------
    lab, reference : (..., 3) CIELAB

    Returns
    -------
    (...) differences, > 0
    """
    chroma = lab[..., 1].square().add(lab[..., 2].square()).add(1e-4).sqrt()
    wanted = reference[..., 1].hypot(reference[..., 2])
    dl, da, db = (lab - reference).unbind(-1)
    dc = chroma - wanted
    dh2 = (da.square() + db.square() - dc.square()).clamp_min(0)
    weighted_c = dc / (1 + 0.045 * wanted)
    weighted_h2 = dh2 / (1 + 0.015 * wanted).square()
    return (dl.square() + weighted_c.square() + weighted_h2 + 1e-2).sqrt()
