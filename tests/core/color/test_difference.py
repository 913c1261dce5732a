"""CIELAB and CIEDE2000 without torch: the same numbers as the ones for training."""

import numpy as np
import torch

from colorfix_core.color import difference, lab


def test_numpy_and_torch_see_the_same_differences():
    colors = np.random.default_rng(0).random((2, 500, 3))
    ours = difference.ciede2000(*difference.srgb_to_lab(colors))
    theirs = lab.ciede2000(*lab.srgb_to_lab(torch.from_numpy(colors))).numpy()
    assert np.abs(ours - theirs).max() < 1e-4
    assert difference.ciede2000(np.zeros(3), np.zeros(3)) == 0
