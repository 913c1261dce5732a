"""Fresh pictures: the student's latents, and batches that never repeat."""

import numpy as np
import pytest
import torch

from colorfix_core.networks.predictor import Predictor
from colorfix_training.data.fresh_pairs import FreshPairs, correct_part, in_background
from colorfix_training.data.pool import Pool, reduce_by_area
from colorfix_training.students.quick_encoder import QuickEncoder, fit_quick_encoder, quick_encoder


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """Latents that are an affine map of the cells' colours, as the real ones nearly are."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (48, 56, 56, 3)).astype(np.uint8)
    cells = small.reshape(48, 28, 2, 28, 2, 3).mean((2, 4)) / 255
    latent = np.einsum("bhwc,dc->bdhw", cells, rng.normal(size=(8, 3))) + 0.3
    folder = tmp_path_factory.mktemp("pool")
    np.savez(folder / "1-00000.npz", small=small, latent=latent.astype(np.float16))
    return Pool(folder)


def test_the_student_learns_the_latents_of_a_pool(pool):
    student = fit_quick_encoder(pool, steps=60)
    (small, latent) = next(pool.batches(np.random.default_rng(9), 16, ("small", "latent")))
    error = (student(small) - latent).square().mean((0, 2, 3)) / latent.var((0, 2, 3))
    assert error.max() < 0.5


def test_a_student_is_fitted_once_and_kept(tmp_path, pool):
    file = tmp_path / "new" / "student.pt"
    first = quick_encoder(pool, file, steps=2)
    again = quick_encoder(None, file, steps=99)
    pictures = torch.rand(2, 56, 56, 3)
    assert torch.equal(first(pictures), again(pictures))


def test_reduction_takes_means_of_four_by_four_pixels():
    picture = np.zeros((1, 224, 224, 3), np.uint8)
    picture[0, :4, :2] = 100
    assert reduce_by_area(picture)[0, 0, 0].tolist() == [50, 50, 50]
    assert reduce_by_area(picture).sum() == 150


def test_batches_have_the_announced_shapes_and_depend_on_their_seed(photos):
    torch.manual_seed(0)

    def first(seed):
        return next(iter(FreshPairs(photos, QuickEncoder(), size=5, clean=2, seed=(seed,))))

    batch, same, other = first(1), first(1), first(2)
    assert batch.ruined.shape == (5, 56, 56, 3) and batch.latent.shape == (5, 8, 28, 28)
    assert batch.clean.shape == (2, 8, 28, 28)
    assert batch.source.shape == batch.target.shape and batch.source.shape[::2] == (5, 3)
    assert torch.equal(batch.target, same.target) and not torch.equal(batch.target, other.target)
    assert (batch.source - batch.target).abs().mean() > 0.01


def test_another_process_gives_new_batches_again_and_again(photos):
    batches = in_background(FreshPairs(photos, QuickEncoder(), 2, 1, (1,)), torch.device("cpu"))
    first, second = next(batches), next(batches)
    assert torch.is_grad_enabled()
    assert not torch.equal(first.target, second.target)


def test_the_predictors_own_results_are_among_the_pictures(photos):
    batch = next(iter(FreshPairs(photos, QuickEncoder(), size=5, clean=1, seed=(3,))))
    before = batch.source.clone()
    predictor = Predictor(width=4, blocks=1, chroma=4, hidden=8)
    with torch.no_grad():
        predictor.matrix.bias += 0.5
    correct_part(predictor, QuickEncoder(), batch)
    assert torch.equal(batch.source[:4], before[:4])
    assert not torch.equal(batch.source[4], before[4])
