"""A peer to measure against: WB LUTs.

Manne and Wan, "WB LUTs: Contrastive Learning for White Balancing Lookup Tables", 2024: a small
network weighs three LUTs. It was trained on real cameras' white balance settings, where it is at
home. Its weights are read from a file of arrays and never shipped.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


class WbLuts:
    """(H, W, 3) uint8 sRGB pictures in, the same out; `file` holds the published arrays."""

    def __init__(self, file: Path):
        with np.load(file) as arrays:
            self._arrays = {name: torch.from_numpy(arrays[name]) for name in arrays}

    @torch.no_grad()
    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """Correct a picture."""
        encoded = torch.from_numpy(np.ascontiguousarray(picture)).float() / 255
        small = encoded.permute(2, 0, 1)[None]
        small = F.interpolate(small, (256, 256), mode="bilinear", align_corners=False)
        table = torch.einsum("k,kcbgr->cbgr", self._shares(small), self._arrays["luts"])
        where = encoded[None, None] * 2 - 1
        fixed = F.grid_sample(table[None], where, align_corners=True)[0, :, 0]
        return (fixed.permute(1, 2, 0).clamp(0, 1) * 255 + 0.5).to(torch.uint8).numpy()

    def _shares(self, x: Tensor) -> Tensor:
        """How much of each LUT, (3,), for a (1, 3, 256, 256) picture."""
        a = self._arrays
        for i in range(1, 6):
            x = F.conv2d(x, a[f"conv{i}_weight"], a[f"conv{i}_bias"], stride=2, padding=1)
            x = F.leaky_relu(x, 0.2)
            if i < 5:
                x = F.instance_norm(x, weight=a[f"norm{i}_weight"], bias=a[f"norm{i}_bias"])
        return F.conv2d(x, a["head_weight"], a["head_bias"]).flatten()
