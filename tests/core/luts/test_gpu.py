"""The GPU path: on a GPU where there is one, and its arithmetic everywhere."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from colorfix_core import Lut3D
from colorfix_core.errors import DeviceError
from colorfix_core.luts import apply
from colorfix_core.luts.data import Shaper
from colorfix_core.luts.engines.contract import EngineFull
from colorfix_core.messages import listening
from tests.helpers.lut_examples import DTYPES, picture, smooth_lut
from tests.helpers.paths import REPOSITORY

torch = pytest.importorskip("torch")
has_cuda = torch.cuda.is_available()
needs_cuda = pytest.mark.skipif(not has_cuda, reason="no CUDA device")
BEYOND = 0.4


def tolerance(dtype):
    """Of integers a level; of floats a share where they are large, as the infinite's neighbors."""
    return {"float16": 4e-3}.get(dtype, 1 if dtype.startswith("u") else 1e-5)


def assert_corrects_like_the_cpu(correct_pixels):
    """`correct_pixels(lut, pixels)` against the CPU for all dtypes, domains, NaN and infinity."""
    wide = Lut3D(smooth_lut(17).table, (-1, 0, 0.2), (2, 0.8, 1))
    beyond_srgb = Lut3D(smooth_lut(17).table, (-0.25,) * 3, (1.125,) * 3, mirrored=True)
    for lut in (smooth_lut(17), wide, beyond_srgb):
        for dtype in DTYPES:
            for channels in (3, 4):
                pixels = picture(dtype, channels, (1001,), beyond=BEYOND)
                if pixels.dtype.kind == "f":
                    pixels[5, 1], pixels[6, 0], pixels[7, 2] = np.nan, np.inf, -np.inf
                pixels[8, :3], pixels[9, :3] = pixels[8, 0], 0
                expected, result = lut.apply(pixels), correct_pixels(lut, pixels)
                assert result.dtype == pixels.dtype
                assert np.array_equal(result[:, 3:], pixels[:, 3:])
                finite = np.isfinite(expected)
                assert np.array_equal(result[~finite], expected[~finite], equal_nan=True)
                wanted = expected[finite].astype(np.float64)
                scale = 1 if pixels.dtype.kind == "u" else np.maximum(1, np.abs(wanted))
                difference = np.abs(result[finite] - wanted) / scale
                assert difference.max() <= tolerance(dtype), (dtype, channels)


def correct_on(device, lut, pixels, kernels=None):
    from colorfix_core.luts.engines import cuda

    correct = cuda.prepare(lut, pixels.dtype, torch.device(device), kernels)
    tensor = torch.from_numpy(pixels.copy()).to(device)
    correct(tensor, tensor)
    return tensor.cpu().numpy()


def test_the_chain_of_torch_operations_corrects_like_the_cpu():
    from colorfix_core.luts.kernels import by_torch

    assert_corrects_like_the_cpu(lambda lut, pixels: correct_on("cpu", lut, pixels, by_torch))


@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="triton is not installed")
def test_the_triton_kernel_corrects_like_the_cpu():
    """In Triton's interpreter, which needs no GPU but its own process."""
    code = (
        "import torch\n"
        "from colorfix_core.luts.engines.cuda import best_kernels\n"
        "from tests.core.luts.test_gpu import assert_corrects_like_the_cpu, correct_on\n"
        "assert best_kernels(torch.device('cpu')).__name__.endswith('by_triton')\n"
        "assert_corrects_like_the_cpu(lambda lut, pixels: correct_on('cpu', lut, pixels))"
    )
    path = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_without_a_c_compiler_the_torch_operations_serve():
    """On the CPU Triton cannot compile either."""
    from colorfix_core.luts.engines.cuda import best_kernels
    from colorfix_core.luts.kernels import by_torch

    best_kernels.cache_clear()
    assert best_kernels(torch.device("cpu")) is by_torch


@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="triton is not installed")
@pytest.mark.parametrize("pointer", ["*u8", "*u16", "*fp16", "*fp32", "*fp64"])
def test_the_triton_kernel_compiles_for_a_gpu(pointer, monkeypatch):
    monkeypatch.setenv("TRITON_DEFAULT_FP_FUSION", "1")  # unset, Triton 3.9 warns
    triton = pytest.importorskip("triton", "3.3", reason="an older triton compiles otherwise")
    from triton.backends.compiler import GPUTarget

    from colorfix_core.luts.kernels import by_triton

    names = ("source", "target", "table", "bounds", "count")
    signature = dict(zip(names, (pointer, pointer, "*fp32", "*fp32", "i32"), strict=True))
    full = {"*u8": 255, "*u16": 65535}.get(pointer, 0)
    constants = {"SIZE": 33, "CHANNELS": 4, "FULL": full, "MIRRORED": True}
    constants["BLOCK"] = by_triton.BLOCK
    signature |= dict.fromkeys(constants, "constexpr")
    source = triton.compiler.ASTSource(by_triton.kernel, signature, constants)
    assert triton.compile(source, target=GPUTarget("cuda", 80, 32)).asm["ptx"]


@needs_cuda
def test_the_gpu_corrects_like_the_cpu():
    assert_corrects_like_the_cpu(lambda lut, pixels: lut.apply(pixels, device="cuda"))


@needs_cuda
def test_many_strips_in_place_on_the_gpu():
    from colorfix_core.luts.engines.cuda import Cuda

    lut, image = smooth_lut(), picture("float32", 4, (300, 70))
    expected = lut.apply(image)
    apply.apply(lut, image, out=image, engine=Cuda("cuda", strip_pixels=1000))
    assert np.abs(image - expected).max() < 2e-6


@needs_cuda
def test_out_of_gpu_memory_falls_back_to_the_cpu():
    from colorfix_core.luts.engines.cuda import Cuda

    lut, image = smooth_lut(), picture("float32")
    with listening() as told:
        result = apply.apply(lut, image, engine=Cuda("cuda", strip_pixels=1 << 40))
    assert "out of memory" in told[0]
    assert np.array_equal(result, lut.apply(image))


class Full:
    """An engine that has no memory."""

    name = "full"

    def takes(self, lut):
        return lut.shaper is None

    def correct(self, lut, image, out):
        raise EngineFull("cuda is out of memory")


def test_running_out_of_memory_is_said_and_survived():
    lut, image = smooth_lut(), picture("float32")
    with listening() as told:
        result = apply.apply(lut, image, engine=Full())
    assert told == ["cuda is out of memory; the CPU applies the LUT."]
    assert np.array_equal(result, lut.apply(image))


def test_what_an_engine_does_not_take_goes_to_the_cpu_without_a_word():
    lut, image = Lut3D.of_curves(Shaper(np.linspace(1, 0, 9)[:, None] * [1, 1, 1])), picture()
    with listening() as told:
        result = apply.apply(lut, image, engine=Full())
    assert not told
    assert np.array_equal(result, lut.apply(image))


@pytest.mark.parametrize("device", ["cuda:99", "tpu", "cuda:-1"])
def test_a_device_that_does_not_exist_is_named(device):
    with pytest.raises(DeviceError, match=device):
        smooth_lut(2).apply(picture(), device=device)


def test_auto_always_finds_a_device():
    lut, image = smooth_lut(), picture("float32")
    assert np.abs(lut.apply(image, device="auto") - lut.apply(image)).max() < 2e-6
