"""Features that do not hang on what happens to be in the picture: averaged over parts of it."""

import torch
from torch import Tensor, nn

from colorfix_core.networks.cast_features import CastFeatures

# Cells along each side of a corner.
CORNER = 20


class AveragedFeatures(nn.Module):
    """Mean features of a latent, its mirror image, and the four corners of both.

    Averaging over crops, as is usual in classification since Krizhevsky et al., "ImageNet
    Classification with Deep Convolutional Neural Networks", 2012; but the crops are of the
    latent, so that the picture is encoded once. `docs/experiments.md` has what it gives.
    """

    def __init__(self, features: CastFeatures):
        super().__init__()
        self.features = features

    def forward(self, latent: Tensor, hint: Tensor | None = None) -> Tensor:
        """(B, 8, 28, 28) mean and log-variance to (B, hidden); `hint` as in `CastFeatures`."""
        views = torch.cat([latent, latent.flip(3)])
        low, high = slice(CORNER), slice(-CORNER, None)
        corners = [views[:, :, y, x] for y in (low, high) for x in (low, high)]
        features = [self._features(seen, hint) for seen in (views, torch.cat(corners))]
        return torch.cat(features).unflatten(0, (-1, len(latent))).mean(0)

    def _features(self, views: Tensor, hint: Tensor | None) -> Tensor:
        """Of several views of each picture; the hint is the same for all of them."""
        if hint is not None:
            hint = hint.repeat(len(views) // len(hint), 1)
        return self.features(views, hint)
