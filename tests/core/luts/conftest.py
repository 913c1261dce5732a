"""Who interpolates: the tests of LUTs run with all kernels that can be had."""

from functools import partial

import pytest

from colorfix_core.luts import apply
from colorfix_core.luts.engines.cpu import Cpu
from tests.helpers.lut_examples import KERNELS, kernels_of


@pytest.fixture(params=KERNELS)
def kernels(request):
    """Run the test with all kernels that can be had here."""
    return kernels_of(request.param)


@pytest.fixture
def correct(kernels):
    """Apply a LUT with these kernels: correct(lut, image, out=None)."""
    return partial(apply.apply, engine=Cpu(kernels))
