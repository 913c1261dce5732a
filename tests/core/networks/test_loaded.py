"""The loaded networks when the machine fails: the card first, then the memory."""

import numpy as np
import pytest
import torch

from colorfix_core.errors import ModelError
from colorfix_core.fixer import default_models
from colorfix_core.messages import listening
from colorfix_core.networks.loaded import Networks
from colorfix_core.networks.vae import Vae

PICTURE = np.random.default_rng(0).random((224, 224, 3))


class Failing:
    """A VAE that fails as it is told, as long as it is in use."""

    def __init__(self, error: Exception):
        self.error = error

    def encode(self, _pictures):
        raise self.error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "ran out of memory"),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), "card failed"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "card failed"),
    ],
)
def test_the_cpu_predicts_where_the_card_fails(error, sentence):
    networks = Networks(default_models(), "cpu")
    expected = networks.predict_tables(PICTURE, 9)[0]
    networks.vae = Failing(error)
    with listening() as told:
        tables, _probabilities = networks.predict_tables(PICTURE, 9)
    assert networks.device == "cpu" and len(told) == 1 and sentence in told[0]
    np.testing.assert_array_equal(tables, expected)


def test_torch_s_own_way_to_lack_memory_is_a_memory_error():
    networks = Networks(default_models(), "cpu")
    networks.vae = Failing(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"))
    with pytest.raises(MemoryError):
        networks.predict_tables(PICTURE, 9)


def test_damaged_weights_are_named(tmp_path):
    weights = tmp_path / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(b"nothing of that kind")
    with pytest.raises(ModelError, match="cannot be read"):
        Vae.load(tmp_path, torch.device("cpu"))
