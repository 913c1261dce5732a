"""A student of the VAE's encoder: latents of small pictures in a twentieth of the time.

Encoding is what limits how many distorted pictures a training sees. A distortion of colours does
not need all of a picture's pixels, so the student reads 56 x 56 of them.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import trange

from colorfix_core.networks.cast_features import ResidualBlock
from colorfix_training.data.pool import Pool
from colorfix_training.loop import learning_rate_factor


class QuickEncoder(nn.Module):
    """(B, 56, 56, 3) in [0, 1] to (B, 8, 28, 28): mean, then log-variance.

    An affine map of each cell's four pixels and their contrast, plus a small residual network.
    """

    def __init__(self, width: int = 32):
        super().__init__()
        self.linear = nn.Conv2d(15, 8, 1)
        self.enter = nn.Conv2d(15, width, 3, padding=1)
        self.local = ResidualBlock(width)
        self.whole = nn.Linear(2 * width, width)  # what the encoder's group norms see
        self.local_again = ResidualBlock(width)
        self.leave = nn.Conv2d(width, 8, 3, padding=1)
        self.register_buffer("scale", torch.ones(8, 1, 1))
        self.register_buffer("offset", torch.zeros(8, 1, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        x = F.pixel_unshuffle(pictures.movedim(3, 1) * 2 - 1, 2)
        x = torch.cat([x, x.unflatten(1, (3, 4)).std(2)], 1)
        hidden = self.local(self.enter(x))
        summary = torch.cat([hidden.mean((2, 3)), hidden.flatten(2).std(2)], 1)
        hidden = self.local_again(hidden + self.whole(summary)[..., None, None])
        return (self.linear(x) + self.leave(F.silu(hidden))) * self.scale + self.offset


def quick_encoder(pool: Pool, file: Path, steps: int) -> QuickEncoder:
    """The student kept in `file`, which is fitted to the pool first if there is none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.save(fit_quick_encoder(pool, steps).state_dict(), file)
    student = QuickEncoder()
    student.load_state_dict(torch.load(file, weights_only=True))
    return student.eval().requires_grad_(False)


def fit_quick_encoder(pool: Pool, steps: int, seed: int = 0) -> QuickEncoder:
    """Train a student on a pool's distorted pictures and their true latents; least squares."""
    student, rng = QuickEncoder(), np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(student.parameters(), lr=3e-3)
    batches = pool.batches(rng, 16, ("small", "latent"))
    _standardize(student, torch.cat([next(batches)[1] for _ in range(16)]))
    for step in trange(steps, desc="quick encoder", disable=None):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * learning_rate_factor(step / steps)
        small, latent = next(batches)
        error = (student(small) - latent) / student.scale
        optimizer.zero_grad()
        error.square().mean().backward()
        optimizer.step()
    return student


def _standardize(student: QuickEncoder, latent: Tensor) -> None:
    student.scale.copy_(latent.std((0, 2, 3))[:, None, None])
    student.offset.copy_(latent.mean((0, 2, 3))[:, None, None])
