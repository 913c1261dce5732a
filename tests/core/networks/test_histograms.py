"""Histograms count every value once, and move with it."""

import torch

from colorfix_core.networks.histograms import soft_histogram


def test_a_value_on_a_bin_center_counts_for_that_bin_alone():
    shares = soft_histogram(torch.tensor([[[0.0, 0.5, 0.5, 1.0]]]), torch.ones(1, 1, 4), 5)
    torch.testing.assert_close(shares[0, 0], torch.tensor([0.25, 0, 0.5, 0, 0.25]))


def test_a_value_between_two_centers_is_shared():
    shares = soft_histogram(torch.tensor([[[0.3]]]), torch.ones(1, 1, 1), 3)
    torch.testing.assert_close(shares[0, 0], torch.tensor([0.4, 0.6, 0.0]))


def test_values_outside_count_for_the_nearest_bin():
    shares = soft_histogram(torch.tensor([[[-3.0, 7.0]]]), torch.ones(1, 1, 2), 4)
    torch.testing.assert_close(shares[0, 0], torch.tensor([0.5, 0, 0, 0.5]))


def test_the_first_position_is_the_first_axis():
    positions = torch.tensor([[[1.0], [0.0], [0.5]]])
    shares = soft_histogram(positions, torch.ones(1, 1, 1), 3)
    assert shares.shape == (1, 1, 3, 3, 3) and shares[0, 0, 2, 0, 1] == 1


def test_weights_make_separate_histograms_that_each_sum_to_one():
    torch.manual_seed(0)
    positions, weights = torch.rand(2, 2, 100), torch.rand(2, 3, 100)
    weights[1, 2] = 0
    sums = soft_histogram(positions, weights, 8).flatten(2).sum(2)
    torch.testing.assert_close(sums, torch.tensor([[1.0, 1, 1], [1, 1, 0]]))


def test_the_mean_of_a_histogram_is_the_mean_of_its_values():
    torch.manual_seed(0)
    values = torch.rand(1, 1, 1000)
    shares = soft_histogram(values, torch.ones_like(values), 11)[0, 0]
    torch.testing.assert_close((shares * torch.linspace(0, 1, 11)).sum(), values.mean())
