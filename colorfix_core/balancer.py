"""The method of the idea's author: balance the latent, decode, fit a colour map.

    latent -> balanced latent;  both decoded;  lattice fitted from one decoding to the other
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .lattice_fit import fit_lattice


class Balancer(nn.Module):
    """Latent distribution of a picture to that of the same picture in neutral light.

    Parameters
    ----------
    width : channels
    blocks : residual blocks, each followed by attention over the 28 x 28 grid pooled to 7 x 7
    """

    def __init__(self, width: int = 64, blocks: int = 3):
        super().__init__()
        self.stem = nn.Conv2d(8, width, 3, padding=1)
        self.blocks = nn.ModuleList(_BalancerBlock(width) for _ in range(blocks))
        self.head = nn.Conv2d(width, 8, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, latent: Tensor) -> Tensor:
        """(B, 8, 28, 28) mean and log-variance to the same, balanced."""
        x = self.stem(torch.cat([latent[:, :4], latent[:, 4:] / 8], 1))
        for block in self.blocks:
            x = block(x)
        return latent + self.head(F.silu(x))


def balanced_table(balancer: Balancer, vae, latent: Tensor) -> Tensor:
    """The colour map from the decoded latent to the decoded balanced latent.

    Parameters
    ----------
    latent : (1, 8, 28, 28)

    Returns
    -------
    (9, 9, 9, 3) table indexed [r, g, b], in [0, 1]
    """
    decoded = vae.decode(torch.cat([latent, balancer(latent)])[:, :4])
    source, target = F.avg_pool2d(decoded, 4).flatten(2).transpose(1, 2)
    return fit_lattice(source, target)


class _BalancerBlock(nn.Module):
    """Two convolutions, steered by what the whole picture looks like."""

    def __init__(self, width: int):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 1)
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)
        self.steer = nn.Sequential(
            nn.Linear(3 * width, width), nn.SiLU(), nn.Linear(width, 2 * width)
        )
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.attention.out_proj.weight)

    def forward(self, x: Tensor) -> Tensor:
        statistics = torch.cat([x.mean((2, 3)), x.amax((2, 3)), x.flatten(2).std(2)], 1)
        gain, offset = self.steer(statistics)[..., None, None].chunk(2, 1)
        x = x + self.second(F.silu(self.first(F.silu(x)) * (1 + gain) + offset))
        tokens = F.avg_pool2d(x, 4)
        rows = tokens.flatten(2).transpose(1, 2)
        seen = self.attention(rows, rows, rows, need_weights=False)[0]
        seen = seen.transpose(1, 2).reshape(tokens.shape)
        return x + F.interpolate(seen, scale_factor=4, mode="bilinear")
