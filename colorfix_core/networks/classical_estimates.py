"""What classical estimators say about the light, as clues for a network.

A network that sees them has no excuse to be worse than they are. Every estimate is a pair of
log-ratios, to which a gain of a channel is an offset.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from colorfix_core.color.lab import LUMINANCE, srgb_to_linear

# Estimates change with the sharpness of a picture, so that all are made at this size.
_SIDE = 56
_SHARES = (0.01, 0.05, 0.5, 0.95, 0.99)
# Five estimates of two ratios, five percentiles of three channels, the mean luminance.
ESTIMATES = 5 * 2 + len(_SHARES) * 3 + 1
# All that a predictor is told beside the latent: the estimates and how thorough to be.
CLUES = ESTIMATES + 1
_DARKEST = 1e-4


def clues(pictures: Tensor, thoroughness: Tensor) -> Tensor:
    """What a predictor is told beside the latent.

    Parameters
    ----------
    pictures : (B, 3, H, W) encoded sRGB in [0, 1]; H and W are 56 or a multiple of it
    thoroughness : (B,) in [0, 1]: 0 careful, 1 every cast goes

    Returns
    -------
    (B, CLUES)
    """
    return torch.cat([estimates(pictures), 4 * thoroughness[:, None] - 2], 1)


@torch.no_grad()
def estimates(pictures: Tensor) -> Tensor:
    """Estimates of the light: (B, 3, H, W) encoded sRGB in [0, 1] to (B, ESTIMATES).

    Grey world (Buchsbaum 1980), shades of grey with p = 6 (Finlayson and Trezzi 2004), grey edge
    of first order with p = 1 and p = 6 (van de Weijer et al. 2007), white patch (Land 1977), all
    in linear light; then percentiles of the encoded channels, and the mean luminance.
    """
    if pictures.shape[2] != _SIDE:
        pictures = F.adaptive_avg_pool2d(pictures, _SIDE)
    linear = srgb_to_linear(pictures)
    values = linear.flatten(2)
    edges = _edges(linear)
    shares = torch.tensor(_SHARES, dtype=pictures.dtype, device=pictures.device)
    tones = torch.quantile(pictures.flatten(2), shares, dim=2)
    lights = [values.mean(2), _minkowski(values), edges.mean(2), _minkowski(edges),
              srgb_to_linear(tones[-1])]  # fmt: skip
    luminance = values.mean(2) @ LUMINANCE.to(values)
    return torch.cat(
        [
            *map(_log_ratios, lights),
            4 * tones.movedim(0, 1).flatten(1) - 2,
            _log(luminance)[:, None] + 2,
        ],
        1,
    )


def _edges(linear: Tensor) -> Tensor:
    """Length of the gradient of each channel: (B, 3, H, W) to (B, 3, (H - 1) (W - 1))."""
    down = linear[:, :, 1:, 1:] - linear[:, :, :-1, 1:]
    across = linear[:, :, 1:, 1:] - linear[:, :, 1:, :-1]
    return down.hypot(across).flatten(2)


def _minkowski(values: Tensor, p: int = 6) -> Tensor:
    """Minkowski mean over the last axis, scaled so that small values keep their precision."""
    peak = values.amax(2).clamp_min(_DARKEST)
    return peak * (values / peak[..., None]).pow(p).mean(2).pow(1 / p)


def _log_ratios(light: Tensor) -> Tensor:
    """Red and blue against green: (B, 3) to (B, 2)."""
    red, green, blue = _log(light).unbind(1)
    return torch.stack([red - green, blue - green], 1)


def _log(values: Tensor) -> Tensor:
    return values.clamp_min(_DARKEST).log()
