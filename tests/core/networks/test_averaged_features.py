"""Averaging over views of a latent."""

import torch

from colorfix_core.networks.averaged_features import AveragedFeatures
from colorfix_core.networks.cast_features import CastFeatures


def averaged_features():
    torch.manual_seed(0)
    return AveragedFeatures(CastFeatures(width=4, blocks=1, chroma=4, hidden=8))


def test_every_view_counts_alike():
    averaged, latent = averaged_features(), torch.rand(1, 8, 28, 28)
    views = [
        view[:, :, y : y + size, x : x + size]
        for view in (latent, latent.flip(3))
        for y, x, size in ((0, 0, 28), (0, 0, 20), (0, 8, 20), (8, 0, 20), (8, 8, 20))
    ]
    each = torch.stack([averaged.features(view) for view in views])
    torch.testing.assert_close(averaged(latent), each.mean(0))


def test_a_mirrored_picture_has_the_same_features():
    averaged, latent = averaged_features(), torch.rand(2, 8, 28, 28)
    torch.testing.assert_close(averaged(latent), averaged(latent.flip(3)))


def test_pictures_of_a_batch_stay_apart():
    averaged, latent = averaged_features(), torch.rand(3, 8, 28, 28)
    torch.testing.assert_close(averaged(latent)[1:2], averaged(latent[1:2]))
