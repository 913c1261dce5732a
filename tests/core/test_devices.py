"""Which device is meant."""

import subprocess
import sys

import pytest
import torch

from colorfix_core import devices
from colorfix_core.errors import DeviceError


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "cpu:1", "", "CUDA"])
def test_an_unknown_device_is_refused(name):
    with pytest.raises(DeviceError, match="is unknown"):
        devices.choose(name)


def test_a_card_that_is_not_there_is_refused():
    with pytest.raises(DeviceError, match="was not found here"):
        devices.choose(f"cuda:{torch.cuda.device_count()}")


def test_auto_is_a_device_that_exists():
    assert devices.choose("auto") == ("cuda" if torch.cuda.is_available() else "cpu")


def test_the_processor_needs_no_torch():
    code = "import sys; from colorfix_core import devices; devices.choose('cpu')"
    code += "; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
