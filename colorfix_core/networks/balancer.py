"""The method of the idea's author: balance the latent, decode, fit a colour map.

latent -> balanced latent;  both decoded;  lattice fitted from one decoding to the other
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorfix_core.networks.cast_features import CastFeatures
from colorfix_core.networks.lattice_fit import fit_lattice
from colorfix_core.networks.vae import Vae


class Balancer(nn.Module):
    """Latent distribution of a picture to that of the same picture in neutral light.

    Every cell goes through one affine map, which the features of the cast decide, and then
    through convolutions with attention, which may treat places differently.

    Parameters
    ----------
    width, blocks, chroma, hidden : see CastFeatures
    channels : of the convolutions
    layers : residual blocks, each followed by attention over the 28 x 28 grid pooled to 7 x 7
    """

    def __init__(
        self,
        width: int = 32,
        blocks: int = 2,
        chroma: int = 32,
        hidden: int = 1280,
        channels: int = 48,
        layers: int = 2,
    ):
        super().__init__()
        self.features = CastFeatures(width, blocks, chroma, hidden)
        self.affine = nn.Linear(hidden, 4 * 5)
        self.stem = nn.Conv2d(12, channels, 3, padding=1)
        self.layers = nn.ModuleList(_SteeredBlock(channels, hidden) for _ in range(layers))
        self.head = nn.Conv2d(channels, 8, 1)
        for silent in (self.affine, self.head):
            for parameter in silent.parameters():
                nn.init.zeros_(parameter)

    def forward(self, latent: Tensor) -> Tensor:
        """(B, 8, 28, 28) mean and log-variance to the same, balanced."""
        features = self.features(latent)
        mean, log_variance = latent.chunk(2, 1)
        mixing, offset = self.affine(features).view(-1, 4, 5).split([4, 1], 2)
        mixed = mean + torch.einsum("bdc,bchw->bdhw", mixing, mean) + offset[..., None]
        x = self.stem(torch.cat([mixed, mean, log_variance / 8], 1))
        for layer in self.layers:
            x = layer(x, features)
        return torch.cat([mixed, log_variance], 1) + self.head(F.silu(x))


def balanced_table(balancer: Balancer, vae: Vae, latent: Tensor) -> Tensor:
    """The colour map from the decoded latent to the decoded balanced latent.

    Parameters
    ----------
    latent : (1, 8, 28, 28)

    Returns
    -------
    (9, 9, 9, 3) table indexed [r, g, b], in [0, 1]
    """
    source, target = decoded_cells(balancer, vae, latent)
    return fit_lattice(source[0], target[0])


def decoded_cells(
    balancer: Callable[[Tensor], Tensor], vae: Vae, latent: Tensor
) -> tuple[Tensor, Tensor]:
    """Colours of 4 x 4 pixels before and after balancing, (B, 3136, 3) encoded each."""
    decoded = vae.decode(torch.cat([latent, balancer(latent)])[:, :4])
    before, after = F.avg_pool2d(decoded, 4).flatten(2).transpose(1, 2).chunk(2)
    return before, after


class _SteeredBlock(nn.Module):
    """Convolutions and attention, steered by the features of the cast."""

    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 1)
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)
        self.steer = nn.Linear(hidden, 2 * width)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.attention.out_proj.weight)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        gain, offset = self.steer(features)[..., None, None].chunk(2, 1)
        x = x + self.second(F.silu(self.first(F.silu(x)) * (1 + gain) + offset))
        tokens = F.avg_pool2d(x, 4)
        rows = tokens.flatten(2).transpose(1, 2)
        seen = self.attention(rows, rows, rows, need_weights=False)[0]
        seen = seen.transpose(1, 2).reshape(tokens.shape)
        return x + F.interpolate(seen, scale_factor=4, mode="bilinear")
