"""Where which of two lights falls, and what each of them still needs after the common map.

latent, commonly corrected cells, features of the cast -> convolutions -> mask, rows of a map
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorfix_core.color.lab import linear_to_srgb, srgb_to_linear
from colorfix_core.networks.cast_features import ResidualBlock
from colorfix_core.networks.color_maps import ColorMaps

LIGHTS = 2
# Cells a side of the neighborhoods whose mean light is compared with that of the picture.
_NEAR = (5, 11)
_TINTS = 3 * (1 + len(_NEAR))


class LocalMaps(NamedTuple):
    """Maps for each of B pictures that follow the common one, light varies fastest."""

    maps: ColorMaps  # B * LIGHTS
    shares: Tensor  # (B, LIGHTS, 28, 28), sum to 1 at each place
    everywhere: ColorMaps  # B * 784: what each place asks for alone, row by row

    def __call__(self, colors: Tensor, shares: Tensor) -> Tensor:
        """Map (B, P, 3) encoded colors; with (B, LIGHTS, P) shares, mixed in linear light."""
        mapped = self.maps(colors.repeat_interleave(LIGHTS, 0)).clamp(0, 1)
        linear = srgb_to_linear(mapped).unflatten(0, (-1, LIGHTS))
        return linear_to_srgb((linear * shares[..., None]).sum(1).clamp_min(1e-6))


class LocalLights(nn.Module):
    """Latent distributions and a common correction to two maps and their shares.

    The map of a light is the mean, weighed by its share, of what every place asks for.

    Parameters
    ----------
    width : channels of the convolutions at 28 x 28 cells, twice as many below
    features : length of the vectors that `CastFeatures` makes
    knots : control points of each channel's curve
    """

    def __init__(self, width: int = 32, features: int = 1280, knots: int = 6):
        super().__init__()
        self.knots = knots
        self.enter = nn.Conv2d(14 + _TINTS, width, 3, padding=1)
        self.at_28 = ResidualBlock(width)
        self.to_14 = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
        self.at_14 = ResidualBlock(2 * width)
        self.to_7 = nn.Conv2d(2 * width, 2 * width, 4, stride=2, padding=1)
        self.cast = nn.Linear(features, 2 * width)
        self.at_7 = nn.Sequential(ResidualBlock(2 * width), ResidualBlock(2 * width))
        self.back_14 = ResidualBlock(2 * width)
        self.back_28 = nn.Conv2d(2 * width, width, 1)
        self.leave = ResidualBlock(width)
        self.shares = nn.Conv2d(width, LIGHTS, 1)
        self.wishes = nn.Conv2d(width, 3 * knots + 9, 1, bias=False)
        self.from_tints = nn.Conv2d(_TINTS, 3 * knots + 9, 1, bias=False)
        nn.init.normal_(self.shares.weight, std=0.05)  # the maps cannot part while shares agree
        for layer in (self.wishes, self.from_tints):
            nn.init.normal_(layer.weight, std=1e-3)

    def forward(self, latent: Tensor, before: Tensor, after: Tensor, features: Tensor) -> LocalMaps:
        """Look at a batch.

        Parameters
        ----------
        latent : (B, 8, 28, 28) mean and log-variance
        before, after : (B, 3, 28, 28) encoded colors of the cells, and commonly corrected
        features : (B, features) of the predictor
        """
        tints = _local_tints(after)
        parts = [latent[:, :4], latent[:, 4:] / 8, before * 4 - 2, after * 4 - 2, tints]
        fine = self.at_28(F.silu(self.enter(torch.cat(parts, 1))))
        middle = self.at_14(F.silu(self.to_14(fine)))
        coarse = self.at_7(F.silu(self.to_7(middle) + self.cast(features)[..., None, None]))
        middle = self.back_14(middle + _twice(coarse))
        fine = self.leave(fine + _twice(self.back_28(middle)))
        shares = self.shares(F.silu(fine)).float().softmax(1)
        wishes = (self.wishes(F.silu(fine)) + self.from_tints(tints)).float()
        weights = shares / shares.sum((2, 3), keepdim=True).clamp_min(1e-3)
        of_lights = torch.einsum("blhw,bchw->blc", weights, wishes).flatten(0, 1)
        of_places = wishes.flatten(2).movedim(1, 2).flatten(0, 1)
        return LocalMaps(self._maps(of_lights), shares, self._maps(of_places))

    def _maps(self, rows: Tensor) -> ColorMaps:
        curves, matrix = rows.split([3 * self.knots, 9], 1)
        still = rows.new_zeros(len(rows), 3, 2, 2, 2)
        return ColorMaps(curves.unflatten(1, (3, -1)), matrix.unflatten(1, (3, 3)), still)


def _local_tints(cells: Tensor) -> Tensor:
    """How the light around each cell differs from that of the picture, by local gray worlds.

    (B, 3, 28, 28) encoded colors to (B, _TINTS, 28, 28) differences of logarithms: of each cell,
    and of means around it.
    """
    light = (srgb_to_linear(cells.clamp(0, 1)) + 0.004).log()
    near = [
        F.avg_pool2d(light, side, stride=1, padding=side // 2, count_include_pad=False)
        for side in _NEAR
    ]
    common = light.mean((2, 3), keepdim=True)
    return torch.cat([places - common for places in (light, *near)], 1)


def _twice(cells: Tensor) -> Tensor:
    return F.interpolate(cells, scale_factor=2.0, mode="bilinear", align_corners=False)
