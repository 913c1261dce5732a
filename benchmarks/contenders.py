"""Who is compared: each contender is a function that corrects one image into another."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.timing import Run, Seconds, now, since
from colorfix_core import Lut3D
from colorfix_core.luts import apply, reference
from colorfix_core.luts.engines import memo

CORES = apply._cores()


def contenders(lut: Lut3D, image: np.ndarray) -> dict[str, Run]:
    """All that can be had here for this kind of image, the reference first."""
    found: dict[str, Run] = {}
    if _importable("PyOpenColorIO"):
        found["OpenColorIO, one call"] = _ocio(lut, image.dtype, 1)
        found[f"OpenColorIO, {CORES} bands"] = _ocio(lut, image.dtype, CORES)
        found["colorfix"] = _ours(lut, "engine_ocio", CORES)
        found["colorfix, one core"] = _ours(lut, "engine_ocio", 1)
        if image.dtype == np.uint8:
            found["colorfix, colours known"] = _with_memo(_ours(lut, "engine_ocio", CORES))
    found["colorfix by numpy"] = _ours(lut, "engine_numpy", CORES)
    found["colorfix by numpy, one core"] = _ours(lut, "engine_numpy", 1)
    if _importable("torch"):
        if image.dtype == np.float32:
            found["torch grid_sample (trilinear)"] = _grid_sample(lut)
        if _has_cuda():
            found["colorfix on CUDA"] = lambda image, out: lut.apply(image, out, "cuda") and None
    if image.dtype == np.uint8 and image.shape[2] == 3:
        found["Pillow Color3DLUT (trilinear)"] = _pillow(lut)
    if shutil.which("ffmpeg") and image.shape[2] == 3:
        found["ffmpeg lut3d"] = _ffmpeg(lut)
    found["memory copy"] = lambda image, out: np.copyto(out, image)
    return found


def _importable(module: str) -> bool:
    try:
        __import__(module)
    except ImportError:
        return False
    return True


def _has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


def _ours(lut: Lut3D, name: str, cores: int) -> Run:
    from importlib import import_module

    module = import_module(f"colorfix_core.{name}")

    def run(image: np.ndarray, out: np.ndarray) -> Seconds:
        memo.forget()  # a LUT's first picture
        return _timed_apply(image, out)

    def _timed_apply(image: np.ndarray, out: np.ndarray) -> Seconds:
        with _as_engine(module, cores):
            start = now()
            lut.apply(image, out)
            return since(start)

    run.again = _timed_apply
    return run


def _with_memo(run: Run) -> Run:
    """The same for the next picture with the same LUT."""

    def next_run(image: np.ndarray, out: np.ndarray) -> Seconds:
        run(image, out)
        return run.again(image, out)

    return next_run


@contextmanager
def _as_engine(module, cores: int) -> Iterator[None]:
    before = apply.engine_module, apply._cores
    apply.engine_module, apply._cores = (lambda: module), (lambda: cores)
    try:
        yield
    finally:
        apply.engine_module, apply._cores = before


def _ocio(lut: Lut3D, dtype: np.dtype, bands: int) -> Run:
    """OpenColorIO as its documentation has it: whole images, or bands of rows in threads."""
    import PyOpenColorIO as ocio

    depth = {"uint8": ocio.BIT_DEPTH_UINT8, "float32": ocio.BIT_DEPTH_F32}[dtype.name]
    table = ocio.Lut3DTransform(lut.size)
    table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    table.setData(lut.table.ravel())
    processor = ocio.Config.CreateRaw().getProcessor(table)
    cpu = processor.getOptimizedCPUProcessor(depth, depth, ocio.OPTIMIZATION_DEFAULT)

    def description(pixels: np.ndarray) -> ocio.PackedImageDesc:
        height, width, channels = pixels.shape
        return ocio.PackedImageDesc(pixels, width, height, channels, depth, *pixels.strides[::-1])

    def band(pixels: np.ndarray, out: np.ndarray) -> None:
        cpu.apply(description(pixels), description(out))

    def run(image: np.ndarray, out: np.ndarray) -> None:
        if bands == 1:
            band(image, out)
            return
        with ThreadPoolExecutor(bands) as pool:
            parts = np.array_split(image, bands), np.array_split(out, bands)
            list(pool.map(band, *parts))

    return run


def _grid_sample(lut: Lut3D) -> Run:
    """What the deep-learning literature does with a LUT."""
    import torch

    volume = torch.tensor(lut.table).permute(3, 2, 1, 0)[None].contiguous()

    @torch.inference_mode()
    def run(image: np.ndarray, out: np.ndarray) -> None:
        grid = torch.from_numpy(image[..., :3])[None, None] * 2 - 1
        sample = torch.nn.functional.grid_sample(
            volume, grid, mode="bilinear", padding_mode="border", align_corners=True
        )
        torch.from_numpy(out)[..., :3] = sample[0, :, 0].permute(1, 2, 0)
        out[..., 3:] = image[..., 3:]

    return run


def _pillow(lut: Lut3D) -> Run:
    from PIL import Image, ImageFilter

    table = lut.table.transpose(2, 1, 0, 3).ravel().tolist()
    colour_lut = ImageFilter.Color3DLUT(lut.size, table)

    def run(image: np.ndarray, out: np.ndarray) -> Seconds:
        picture = Image.fromarray(image)
        start = now()
        picture = picture.filter(colour_lut)
        took = since(start)
        out[...] = np.asarray(picture)
        return took

    return run


def _ffmpeg(lut: Lut3D) -> Run:
    """The time of its filter: a run of three frames with it, less one without it."""

    def run(image: np.ndarray, out: np.ndarray) -> Seconds:
        planar = image.dtype == np.float32
        with tempfile.TemporaryDirectory(
            dir="/dev/shm" if os.path.isdir("/dev/shm") else None
        ) as d:
            folder = Path(d)
            Lut3D(lut.table).save(folder / "look.cube")
            frame = image[..., [1, 2, 0]].transpose(2, 0, 1) if planar else image
            np.ascontiguousarray(frame).tofile(folder / "frame.raw")
            height, width, _ = image.shape
            source = ["-f", "rawvideo", "-pix_fmt", "gbrpf32le" if planar else "rgb24"]
            source += ["-s", f"{width}x{height}", "-stream_loop", "2", "-i", "frame.raw"]
            filters = ["-vf", "lut3d=file=look.cube:interp=tetrahedral"]
            seconds = []
            for chain in (filters, []):
                command = ["ffmpeg", "-v", "error", *source, *chain, "-f", "null", "-"]
                start = now()
                subprocess.run(command, cwd=folder, check=True)
                seconds.append(since(start).wall)
        return Seconds((seconds[0] - seconds[1]) / 3, math.nan)

    return run


def reference_error(lut: Lut3D, image: np.ndarray, out: np.ndarray) -> float:
    """How far a result is from the float64 reference, on a thousand pixels, of full scale.

    For integers, what exceeds the half step of rounding.
    """
    full = np.iinfo(image.dtype).max if image.dtype.kind == "u" else 1
    pick = np.random.default_rng(0).integers(0, image.shape[0] * image.shape[1], 1000)
    colours = image.reshape(-1, image.shape[2])[pick, :3] / full
    result = out.reshape(-1, image.shape[2])[pick, :3] / full
    wanted = reference.evaluate(lut, colours.astype(np.float64))
    if full == 1:
        return float(np.abs(result - wanted).max())
    return max(0.0, float(np.abs(result - wanted.clip(0, 1)).max()) - 0.5 / full)
