"""Start an AutoencoderKL as an exact carrier of local mean colour.

From random weights an autoencoder spends most of its training on finding colour at all. Here
channels 0..2 carry R, G, B through every skip connection, 3..5 their negatives, and 6 and 7 the
constants +4 and -4, which dominate the statistics of the final normalisation (a single group),
so that it is nearly the same affine map for every picture. SiLU(x) - SiLU(-x) = x then gives
the colours back exactly. Training adds what is missing: detail, and the variance.
"""

from typing import Any

import torch
from torch import nn

_CARRIED = 8
_ANCHOR = 4.0


@torch.no_grad()
def start_color_preserving(vae: Any) -> None:
    """Initialise an AutoencoderKL in place.

    It has one norm group, no attention in its middle and no quant convolutions.
    """
    for name, module in vae.named_modules():
        if name.endswith("conv2"):  # residual branches start almost silent
            module.weight.mul_(0.1)
            module.bias.zero_()
        elif name.endswith("conv_shortcut"):
            _carry(module, 1.0)
        elif ".downsamplers." in name and isinstance(module, nn.Conv2d):
            _carry(module, 0.25, slice(0, 2))  # the mean of 2 x 2 pixels
        elif ".upsamplers." in name and isinstance(module, nn.Conv2d):
            _carry(module, 1.0)
    _enter(vae.encoder.conv_in)
    _leave(vae.encoder, latent_channels=4)
    _enter(vae.decoder.conv_in)
    _leave(vae.decoder, latent_channels=None)


def _carry(conv: nn.Conv2d, weight: float, taps: slice = slice(1, 2)) -> None:
    """Pass the carried channels on unchanged; the others keep a weak random start."""
    conv.weight.mul_(0.5)
    conv.weight[:_CARRIED] = 0
    conv.bias.zero_()
    taps = slice(0, 1) if conv.kernel_size == (1, 1) else taps
    for channel in range(_CARRIED):
        conv.weight[channel, channel, taps, taps] = weight


def _enter(conv: nn.Conv2d) -> None:
    """Spread three colours to the carried channels."""
    conv.weight[:_CARRIED] = 0
    assert conv.bias is not None
    conv.bias[:_CARRIED] = torch.tensor([0.0] * 6 + [_ANCHOR, -_ANCHOR])
    for channel in range(3):
        conv.weight[channel, channel, 1, 1] = 1.0
        conv.weight[channel + 3, channel, 1, 1] = -1.0


def _leave(half: nn.Module, latent_channels: int | None) -> None:
    """Read the colours from the normalised features with SiLU(x) - SiLU(-x) = x."""
    norm, conv = half.conv_norm_out, half.conv_out
    features = conv.in_channels
    spread = (2 * _ANCHOR**2 / features) ** 0.5  # the anchors' share of the standard deviation
    norm.weight[:_CARRIED] = spread
    conv.weight.mul_(0.1)
    conv.bias.zero_()
    conv.weight[:3] = 0
    for channel in range(3):
        conv.weight[channel, channel, 1, 1] = 1.0
        conv.weight[channel, channel + 3, 1, 1] = -1.0
    if latent_channels:
        conv.bias[latent_channels:] = -7.0
