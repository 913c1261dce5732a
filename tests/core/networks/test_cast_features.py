"""Colours are read off latents rightly, whichever way the VAE mixes them."""

import torch
from torch.nn import functional as F

from colorfix_core.networks.cast_features import CastFeatures
from colorfix_core.networks.predictor import Predictor


def small_features():
    torch.manual_seed(0)
    return CastFeatures(width=4, blocks=1, chroma=4, hidden=8)


def test_cell_colors_are_read_from_any_linear_mixture():
    features = small_features()
    pictures = F.interpolate(torch.rand(2, 3, 28, 28) * 0.9 + 0.05, scale_factor=8)
    mixed = torch.einsum("dc,bchw->bdhw", torch.randn(4, 3), F.avg_pool2d(pictures, 8)) - 0.7
    features.fit_cell_colors(mixed, pictures)
    torch.testing.assert_close(
        features.cell_colors(mixed), F.avg_pool2d(pictures, 8), atol=1e-4, rtol=0
    )


def test_a_tint_changes_the_features():
    features = small_features()
    latent = torch.rand(1, 8, 28, 28)
    tinted = latent.clone()
    tinted[:, 0] *= 0.5
    assert (features(latent) - features(tinted)).abs().max() > 1e-3


def test_the_features_train():
    features = small_features()
    features(torch.rand(2, 8, 28, 28)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in features.parameters())


def test_one_picture_alone_gives_what_it_gives_in_a_batch():
    torch.manual_seed(0)
    predictor = Predictor(width=4, blocks=1, chroma=4, hidden=8)
    latent = torch.rand(3, 8, 28, 28)
    together = predictor(latent).tables(5)
    torch.testing.assert_close(predictor(latent[1:2]).tables(5)[0], together[1])


def test_mixed_precision_keeps_the_colors():
    torch.manual_seed(0)
    predictor = Predictor(width=4, blocks=1, chroma=4, hidden=8)
    latent = torch.rand(2, 8, 28, 28)
    with torch.autocast("cpu", torch.bfloat16):
        maps = predictor(latent)
    assert maps.tables(9).dtype == torch.float32
    torch.testing.assert_close(maps.tables(9), predictor(latent).tables(9), atol=5e-3, rtol=0)
