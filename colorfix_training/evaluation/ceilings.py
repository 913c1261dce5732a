"""The best that maps of a kind could do, fitted to the truth."""

from __future__ import annotations

import numpy as np
import torch

from colorfix_core.color.lab import linear_to_srgb
from colorfix_core.luts.lut import Lut3D
from colorfix_core.networks.lattice_fit import fit_lattice
from colorfix_training.evaluation.scores import linear


def best_matrix(ruined: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """The 3 x 3 matrix in linear light that is nearest to the truth in linear light."""
    source, target = (linear(p).reshape(-1, 3) for p in (ruined, photo))
    matrix = torch.linalg.lstsq(source, target).solution
    encoded = linear_to_srgb((source @ matrix).clamp(0, 1))
    return np.asarray((encoded.view(ruined.shape) * 255 + 0.5).to(torch.uint8).numpy())


def best_lattice(ruined: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """The smooth lattice that is nearest to the truth in encoded sRGB."""
    source, target = (torch.from_numpy(p).float().view(-1, 3)[::7] / 255 for p in (ruined, photo))
    return Lut3D(fit_lattice(source, target, smoothness=1e-3).numpy()).apply(ruined)
