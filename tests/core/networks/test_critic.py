"""A second look begins by agreeing with the first."""

import torch

from colorfix_core.networks.critic import Critic
from colorfix_core.networks.predictor import Predictor

SMALL = dict(width=4, blocks=1, chroma=4, hidden=8, candidates=3)


def judged(pictures: torch.Tensor, logits: torch.Tensor):
    torch.manual_seed(0)
    features = torch.randn(len(pictures), 8)
    proposed = Predictor(**SMALL).eval().read(features)._replace(logits=logits)
    critic = Critic(candidates=3, features=8, hidden=16).eval()
    wishes = torch.full((len(pictures),), 0.5)
    return proposed, critic(proposed, features, pictures, wishes)


def test_a_fresh_critic_agrees():
    proposed, better = judged(torch.rand(2, 3, 56, 56), torch.tensor([[0.0, 1, 2], [2, 0, 0]]))
    colors = torch.rand(6, 40, 3)
    torch.testing.assert_close(better.maps(colors), proposed.maps(colors).clamp(0, 1),
                               atol=0.02, rtol=0)  # fmt: skip
    torch.testing.assert_close(better.logits.softmax(1), proposed.logits.softmax(1))


def test_every_size_of_picture_looks_alike():
    cells = torch.rand(1, 3, 28, 28)
    logits = torch.zeros(1, 3)
    small, large = (
        judged(cells.repeat_interleave(n, 2).repeat_interleave(n, 3), logits)[1] for n in (1, 8)
    )
    torch.testing.assert_close(small.maps.tables(5), large.maps.tables(5))


def test_the_likeliest_chain_is_that_of_the_likeliest_candidate():
    _, better = judged(torch.rand(2, 3, 28, 28), torch.tensor([[0.0, 0, 9], [9, 0, 0]]))
    chosen, every = better.likeliest().tables(4), better.maps.tables(4)
    torch.testing.assert_close(chosen, every[[2, 3]])
