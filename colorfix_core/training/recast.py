"""Another light over encoded pictures, without encoding them again: variety that costs nothing."""

import torch
from torch import Tensor

from colorfix_core.cast_features import CastFeatures
from colorfix_core.color import linear_to_srgb, srgb_to_linear


@torch.no_grad()
def recast(
    features: CastFeatures, latent: Tensor, source: Tensor, share: float = 0.5
) -> tuple[Tensor, Tensor]:
    """Multiply part of the pictures by random channel gains in linear light.

    Latent means follow their cells' colours, to which they are affine in good approximation;
    log-variances stay.

    Parameters
    ----------
    features : knows how colours are read off latents
    latent : (B, 8, 28, 28)
    source : (B, P, 3) encoded colours of the same pictures
    share : of the pictures that change

    Returns
    -------
    (latent, source) as given, under the new light
    """
    gains = (0.35 * torch.randn(len(latent), 3) + 0.15 * torch.randn(len(latent), 1)).exp()
    gains = torch.where(torch.rand(len(latent), 1) < share, gains, 1.0).to(latent)[:, None]

    def lit(colors: Tensor) -> Tensor:
        return linear_to_srgb((srgb_to_linear(colors) * gains).clamp(0, 1))

    cells = features.cell_colors(latent[:, :4]).movedim(1, 3)
    change = (lit(cells.flatten(1, 2)).view_as(cells) - cells) @ features.color_matrix.pinverse()
    mean = latent[:, :4] + change.movedim(3, 1)
    return torch.cat([mean, latent[:, 4:]], 1), lit(source)
