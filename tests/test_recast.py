"""A recast picture looks as if it had been encoded under the other light."""

import torch
from torch.nn import functional as F

from colorfix_core.cast_features import CastFeatures
from colorfix_core.training.recast import recast


def pictures_and_features():
    torch.manual_seed(0)
    cells = torch.rand(4, 3, 28, 28) * 0.5 + 0.2
    mixing = torch.randn(4, 3)
    latent = torch.cat([torch.einsum("dc,bchw->bdhw", mixing, cells), torch.randn(4, 4, 28, 28)], 1)
    features = CastFeatures(width=4, blocks=1, chroma=4, hidden=8)
    features.fit_cell_colors(latent[:, :4], F.interpolate(cells, scale_factor=8))
    return cells, latent, features


def test_no_share_changes_nothing():
    cells, latent, features = pictures_and_features()
    source = cells.flatten(2).transpose(1, 2)
    same, colors = recast(features, latent, source, share=0)
    torch.testing.assert_close(same, latent, atol=1e-5, rtol=0)
    torch.testing.assert_close(colors, source, atol=1e-5, rtol=0)


def test_cells_and_pixels_get_the_same_light():
    cells, latent, features = pictures_and_features()
    lit_latent, lit_pixels = recast(features, latent, cells.flatten(2).transpose(1, 2), share=1)
    lit_cells = features.cell_colors(lit_latent[:, :4]).flatten(2).transpose(1, 2)
    torch.testing.assert_close(lit_cells, lit_pixels, atol=5e-3, rtol=0)
    assert (lit_pixels - cells.flatten(2).transpose(1, 2)).abs().mean() > 0.03
    assert torch.equal(lit_latent[:, 4:], latent[:, 4:])
