"""Candidates begin as what the predictor knew before there were any."""

import torch

from colorfix_core.networks.predictor import Predictor

SMALL = dict(width=4, blocks=1, chroma=4, hidden=8)


def grown(plain):
    """The same predictor with clues and three candidates."""
    network = Predictor(**SMALL, candidates=3, clues=5)
    network.load_state_dict(plain.state_dict(), strict=False)
    return network


def test_new_parts_start_silent():
    torch.manual_seed(0)
    plain, latent, colors = Predictor(**SMALL), torch.rand(2, 8, 28, 28), torch.rand(2, 30, 3)
    proposed = grown(plain).propose(latent, torch.randn(2, 5))
    torch.testing.assert_close(proposed.maps[torch.tensor([0, 3])](colors), plain(latent)(colors))


def test_candidates_start_apart():
    torch.manual_seed(0)
    maps = grown(Predictor(**SMALL)).propose(torch.rand(1, 8, 28, 28), torch.randn(1, 5)).maps
    fixed = maps(torch.full((3, 1, 3), 0.5))
    assert torch.pdist(fixed[:, 0]).min() > 0.02


def test_the_likeliest_is_chosen_for_each_picture():
    torch.manual_seed(0)
    proposed = grown(Predictor(**SMALL)).propose(torch.rand(2, 8, 28, 28), torch.randn(2, 5))
    proposed = proposed._replace(logits=torch.tensor([[0.0, 0, 1], [0, 1, 0]]))
    torch.testing.assert_close(proposed.likeliest().matrix, proposed.maps.matrix[[2, 4]])
