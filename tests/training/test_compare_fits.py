"""The other ways to fit a colour map fit one."""

import pytest
import torch

pytest.importorskip("cv2", reason="the benchmark needs the train extra")

from colorfix_training.compare_fits import FITS


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_a_fit_recovers_a_smooth_map(fit):
    torch.manual_seed(0)
    source = torch.rand(3000, 3)
    gain = torch.tensor([0.7, 0.5, 0.8])
    table = fit(source, 0.1 + source * gain)
    assert table.shape[3] == 3 and table.min() >= 0 and table.max() <= 1
    middle = table[(len(table) // 2,) * 3]
    torch.testing.assert_close(middle, 0.1 + 0.5 * gain, atol=0.02, rtol=0)


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_equal_pictures_give_the_identity(fit):
    torch.manual_seed(0)
    source = torch.rand(3000, 3)
    table = fit(source, source)
    torch.testing.assert_close(table[-1, -1, -1], torch.ones(3), atol=0.02, rtol=0)
    torch.testing.assert_close(table[0, 0, 0], torch.zeros(3), atol=0.02, rtol=0)
