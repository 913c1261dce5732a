"""Looks that people really use, as 3D LUTs, divided by repository into training and benchmark.

Training knows the two large collections; every small one is kept for the benchmark as a whole,
so that no look of its maker was ever seen.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

TRAINED_ON = ("golu7679+lut-filter-android-kotlin", "cedeber+hald-clut")


def load_looks(folder: Path, held_out: bool) -> Tensor:
    """The looks of one side: (N, 17, 17, 17, 3) in [0, 1], indexed [r, g, b]."""
    files = [p for p in sorted(folder.glob("*.npz")) if (p.stem not in TRAINED_ON) == held_out]
    tables = np.concatenate([np.load(path)["luts"] for path in files])
    return torch.from_numpy(tables.astype(np.float32)) / 65535


def spoil_with_look(encoded: Tensor, looks: Tensor, rng: np.random.Generator) -> Tensor:
    """One look at 0.5 to 1.15 of its effect; (H, W, 3) encoded in and out."""
    look = looks[int(rng.integers(len(looks)))]
    return (encoded + rng.uniform(0.5, 1.15) * (apply_look(encoded, look) - encoded)).clamp(0, 1)


def apply_look(encoded: Tensor, look: Tensor) -> Tensor:
    """Trilinear interpolation of a (N, N, N, 3) table at (H, W, 3) encoded colours."""
    where = encoded.flip(-1)[None, None].clamp(0, 1) * 2 - 1  # grid_sample wants (b, g, r)
    found = F.grid_sample(look.permute(3, 0, 1, 2)[None], where, align_corners=True)
    return found[0, :, 0].permute(1, 2, 0)
