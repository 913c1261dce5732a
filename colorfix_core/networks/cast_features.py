"""What a latent distribution tells about the light: the trunk that both methods share.

    latent (8 x 28 x 28) -> cell colours -> histograms -> dense ->+-> features
                         -> convolutions -> pooled statistics --->|

Histograms over log-chromaticity turn a change of illuminant into a shift, after Barron,
"Convolutional Color Constancy", ICCV 2015. Nothing normalises the features: their level is the
colour cast, which is the signal.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorfix_core.color.lab import srgb_to_linear
from colorfix_core.networks.histograms import soft_histogram

TONE_BINS, CHROMA_BINS, COLOR_BINS = 24, 32, 10


class CastFeatures(nn.Module):
    """Latent distributions to feature vectors.

    Parameters
    ----------
    width : channels of the convolutions at 14 x 14 cells, twice as many at 7 x 7
    blocks : residual blocks at 7 x 7 cells
    chroma : channels of the first convolution over the chromaticity histograms
    hidden : length of the feature vectors

    Attributes
    ----------
    arguments : the parameters as given, to build another one
    """

    color_matrix: Tensor
    color_offset: Tensor

    def __init__(self, width: int, blocks: int, chroma: int, hidden: int):
        super().__init__()
        self.arguments = dict(width=width, blocks=blocks, chroma=chroma, hidden=hidden)
        self.register_buffer("color_matrix", torch.eye(4, 3))
        self.register_buffer("color_offset", torch.zeros(3))
        self.scene = _SceneStatistics(width, blocks)
        self.chroma = _ChromaEncoder(chroma)
        self.colors = nn.Sequential(nn.Linear(COLOR_BINS**3, 128), nn.SiLU())
        self.dense = nn.Sequential(
            nn.Linear(9 * width + 3 * 8 + 3 * TONE_BINS + 2 * 128, hidden),
            nn.SiLU(),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
        )

    def forward(self, latent: Tensor, hint: Tensor | None = None) -> Tensor:
        """(B, 8, 28, 28) mean and log-variance to (B, hidden).

        `hint`, (B, hidden), is what is known from elsewhere; it counts before the first
        activation.
        """
        with torch.autocast(latent.device.type, enabled=False):  # colours need float32
            colors = self.cell_colors(latent[:, :4])
            log_linear = (srgb_to_linear(colors) + 0.004).log()
            tones, chroma, joint = _histograms(colors, log_linear)
        latent = torch.cat([latent[:, :4], latent[:, 4:] / 8], 1)
        parts = [
            _statistics(latent),
            self.scene(torch.cat([latent, colors * 4 - 2, log_linear / 2 + 1], 1)),
            3 * tones.sqrt().flatten(1),
            self.chroma(4 * chroma.sqrt()),
            self.colors(10 * joint.sqrt().flatten(1)),
        ]
        first, *others = self.dense
        features = first(torch.cat(parts, 1))
        features = features if hint is None else features + hint
        for layer in others:
            features = layer(features)
        return features

    def cell_colors(self, mean: Tensor) -> Tensor:
        """Encoded colour of each cell in (0, 1], (B, 3, 28, 28), read off the latent mean."""
        colors = torch.einsum("bchw,cd->bdhw", mean, self.color_matrix)
        return (colors + self.color_offset[:, None, None]).clamp(0.002, 1)

    @torch.no_grad()
    def fit_cell_colors(self, mean: Tensor, pictures: Tensor) -> None:
        """Learn to read colours off latent means by least squares.

        Parameters
        ----------
        mean : (B, 4, 28, 28)
        pictures : (B, 3, 224, 224) in [0, 1], which these latents stand for
        """
        rows = mean.movedim(1, 3).reshape(-1, 4)
        colors = F.avg_pool2d(pictures, 8).movedim(1, 3).reshape(-1, 3)
        system = torch.cat([rows, torch.ones_like(rows[:, :1])], 1)
        solution = torch.linalg.lstsq(system, colors, driver="gelsd").solution
        self.color_matrix.copy_(solution[:4])
        self.color_offset.copy_(solution[4])


class _SceneStatistics(nn.Module):
    """What is where: convolutions down to 7 x 7 cells, pooled on the way."""

    def __init__(self, width: int, blocks: int):
        super().__init__()
        self.to_14 = nn.Conv2d(14, width, 4, stride=2, padding=1)
        self.near = ResidualBlock(width)
        self.to_7 = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
        self.far = nn.Sequential(*(ResidualBlock(2 * width) for _ in range(blocks)))

    def forward(self, x: Tensor) -> Tensor:
        """(B, 14, 28, 28) to (B, 9 * width)."""
        near = self.near(F.silu(self.to_14(x)))
        far = self.far(F.silu(self.to_7(near)))
        return torch.cat([_statistics(near), _statistics(far)], 1)


class _ChromaEncoder(nn.Sequential):
    """(B, 5, 32, 32) chromaticity histograms to (B, 128); where a peak is stays known."""

    def __init__(self, width: int):
        super().__init__(
            nn.Conv2d(5, width, 5, stride=2, padding=2),
            nn.SiLU(),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(2 * width, 2 * width, 3, padding=1),
            nn.SiLU(),
            nn.Flatten(),
            nn.Linear(2 * width * (CHROMA_BINS // 4) ** 2, 128),
            nn.SiLU(),
        )


class ResidualBlock(nn.Module):
    """x + conv(silu(conv(x)))."""

    def __init__(self, width: int):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, h, w) to the same."""
        return x + self.second(F.silu(self.first(F.silu(x))))


@torch.no_grad()
def _histograms(colors: Tensor, log_linear: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Tones of each channel, chromaticities by kind of cell, and all colours: shares."""
    red, green, blue = log_linear.flatten(2).unbind(1)
    chromaticity = torch.stack([green - red, green - blue], 1) / 8 + 0.5
    cells = colors.flatten(2)
    every = torch.ones_like(cells[:, :1])
    tones = soft_histogram(cells.flatten(0, 1)[:, None], every.repeat(3, 1, 1), TONE_BINS)
    return (
        tones.view(len(colors), 3, TONE_BINS),
        soft_histogram(chromaticity, _kinds_of_cells(colors), CHROMA_BINS),
        soft_histogram(cells, every, COLOR_BINS),
    )


def _kinds_of_cells(colors: Tensor) -> Tensor:
    """Weights (B, 5, 784): every cell, dark, middle, bright ones, and those at edges."""
    level, peak = colors.mean(1), colors.amax(1)
    across = F.pad(colors.diff(dim=3).abs().sum(1), (0, 1))
    down = F.pad(colors.diff(dim=2).abs().sum(1), (0, 0, 0, 1))
    kinds = [
        torch.ones_like(level),
        (0.35 - level).clamp_min(0),
        (1 - (level - 0.5).abs() / 0.3).clamp_min(0),
        (peak - 0.6).clamp_min(0),
        across + down,
    ]
    return torch.stack(kinds, 1).flatten(2) + 1e-5


def _statistics(x: Tensor) -> Tensor:
    """Mean, maximum and standard deviation over the grid: (B, C, h, w) to (B, 3 C)."""
    return torch.cat([x.mean((2, 3)), x.amax((2, 3)), x.flatten(2).std(2)], 1)
