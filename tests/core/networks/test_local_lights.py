"""Two lights, told apart cell by cell."""

import torch

from colorfix_core.networks.local_lights import LIGHTS, LocalLights


def looked(batch: int = 2):
    torch.manual_seed(0)
    cells = torch.rand(batch, 3, 28, 28)
    network = LocalLights(width=4, features=8).eval()
    return network(torch.randn(batch, 8, 28, 28), cells, cells, torch.randn(batch, 8))


def test_shares_sum_to_one_everywhere():
    shares = looked().shares
    assert shares.shape == (2, LIGHTS, 28, 28)
    torch.testing.assert_close(shares.sum(1), torch.ones(2, 28, 28))


def test_a_fresh_network_changes_hardly_anything():
    local, colors = looked(), torch.rand(2, 50, 3)
    shares = torch.full((2, LIGHTS, 50), 0.5)
    torch.testing.assert_close(local(colors, shares), colors, atol=0.02, rtol=0)


def test_a_light_with_all_of_a_place_decides_alone():
    local, colors = looked(1), torch.rand(1, 50, 3)
    first = torch.stack([torch.ones(50), torch.zeros(50)])[None]
    torch.testing.assert_close(
        local(colors, first), local.maps(colors.repeat(LIGHTS, 1, 1))[:1].clamp(0, 1),
        atol=1e-3, rtol=0)  # fmt: skip
