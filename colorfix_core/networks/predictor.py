"""The direct method: a network that reads a colour map off a latent distribution.

latent -> features of the cast -> curves, matrix, lattice -> LUT
"""

from torch import Tensor, nn

from colorfix_core.networks.cast_features import CastFeatures
from colorfix_core.networks.color_maps import ColorMaps


class Predictor(nn.Module):
    """Latent distributions to colour maps.

    Parameters
    ----------
    width, blocks, chroma, hidden : see CastFeatures
    knots : control points of each channel's input curve
    lattice : points along each axis of the residual lattice
    """

    def __init__(self, width=32, blocks=2, chroma=32, hidden=1280, knots=8, lattice=9):
        super().__init__()
        self.lattice = lattice
        self.features = CastFeatures(width, blocks, chroma, hidden)
        self.curves = _silent(nn.Linear(hidden, 3 * knots))
        self.matrix = _silent(nn.Linear(hidden, 9))
        self.residual = _silent(nn.Linear(hidden, 3 * lattice**3))

    def forward(self, latent: Tensor) -> ColorMaps:
        """(B, 8, 28, 28) mean and log-variance to a batch of colour maps."""
        features = self.features(latent)
        count, n = len(latent), self.lattice
        return ColorMaps(
            curves=self.curves(features).view(count, 3, -1),
            matrix=self.matrix(features).view(count, 3, 3),
            residual=self.residual(features).view(count, 3, n, n, n) * 0.2,
        )


def _silent(layer: nn.Linear) -> nn.Linear:
    """Start as the identity map, with a gradient from the first step."""
    nn.init.normal_(layer.weight, std=1e-3)
    nn.init.zeros_(layer.bias)
    return layer
