"""The sRGB curve is one curve, for arrays and for tensors."""

import colour
import numpy as np
import pytest
import torch

from colorfix_core.color import srgb

VALUES = np.linspace(-0.5, 1.5, 4001)


def test_decoding_agrees_with_colour_science():
    inside = VALUES[VALUES >= 0]
    np.testing.assert_allclose(srgb.decode(inside), colour.models.eotf_sRGB(inside), atol=1e-7)


def test_encoding_undoes_decoding_for_negative_values_too():
    np.testing.assert_allclose(srgb.encode(srgb.decode(VALUES)), VALUES, atol=1e-7)


@pytest.mark.parametrize("curve", [srgb.decode, srgb.encode])
def test_arrays_and_tensors_get_the_same_numbers(curve):
    tensor = curve(torch.from_numpy(VALUES), torch.where).numpy()
    np.testing.assert_allclose(curve(VALUES), tensor, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("curve", [srgb.decode, srgb.encode])
def test_dtype_is_kept_and_gradients_are_finite(curve):
    assert curve(VALUES.astype(np.float32)).dtype == np.float32
    values = torch.from_numpy(VALUES).float().requires_grad_()
    curve(values, torch.where).sum().backward()
    assert values.grad.isfinite().all()


def test_white_has_the_luminance_one():
    assert srgb.LUMINANCE.sum() == pytest.approx(1, abs=1e-6)
