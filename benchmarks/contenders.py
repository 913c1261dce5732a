"""Who is compared: each contender is a function that corrects one image into another."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import Run, Seconds, now, since
from colorfix_core import Lut3D
from colorfix_core.luts import apply, reference
from colorfix_core.luts.data import Array
from colorfix_core.parallel import cores

CORES = cores()


def contenders(lut: Lut3D, image: Array) -> dict[str, Run]:
    """All that can be had here for this kind of image, the reference first."""
    found: dict[str, Run] = {}
    if _importable("PyOpenColorIO"):
        found["OpenColorIO, one call"] = _ocio(lut, image.dtype, 1)
        found[f"OpenColorIO, {CORES} bands"] = _ocio(lut, image.dtype, CORES)
        found["colorfix"] = _ours(lut, apply.cpu("OpenColorIO"))
        found["colorfix, one core"] = _ours(lut, apply.cpu("OpenColorIO", workers=1))
        if image.dtype == np.uint8:
            found["colorfix, colours known"] = _next_picture(lut, apply.cpu("OpenColorIO"))
    found["colorfix by numpy"] = _ours(lut, apply.cpu("numpy"))
    found["colorfix by numpy, one core"] = _ours(lut, apply.cpu("numpy", workers=1))
    if _importable("torch"):
        found |= _with_torch(lut, image)
    if image.dtype == np.uint8 and image.shape[2] == 3:
        found["Pillow Color3DLUT (trilinear)"] = _pillow(lut)
    if shutil.which("ffmpeg") and image.shape[2] == 3:
        found["ffmpeg lut3d"] = _ffmpeg(lut)
    found["memory copy"] = lambda image, out: np.copyto(out, image)
    return found


def _with_torch(lut: Lut3D, image: Array) -> dict[str, Run]:
    """The contenders that need torch."""
    found: dict[str, Run] = {}
    if image.dtype == np.float32:
        found["torch grid_sample (trilinear)"] = _grid_sample(lut)
    if _has_cuda():

        def on_cuda(image: Array, out: Array) -> None:
            lut.apply(image, out, "cuda")

        found["colorfix on CUDA"] = on_cuda
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


def _ours(lut: Lut3D, engine: apply.Cpu) -> Run:
    """Ours, for a LUT's first picture."""

    def run(image: Array, out: Array) -> Seconds:
        took = _timed(lut, engine, image, out)
        engine.forget()
        return took

    return run


def _next_picture(lut: Lut3D, engine: apply.Cpu) -> Run:
    """Ours, for the next picture with the same LUT."""

    def run(image: Array, out: Array) -> Seconds:
        apply.apply(lut, image, out, engine=engine)
        took = _timed(lut, engine, image, out)
        engine.forget()
        return took

    return run


def _timed(lut: Lut3D, engine: apply.Cpu, image: Array, out: Array) -> Seconds:
    start = now()
    apply.apply(lut, image, out, engine=engine)
    return since(start)


def _ocio(lut: Lut3D, dtype: np.dtype[Any], bands: int) -> Run:
    """OpenColorIO as its documentation has it: whole images, or bands of rows in threads."""
    import PyOpenColorIO as ocio

    depth = {"uint8": ocio.BIT_DEPTH_UINT8, "float32": ocio.BIT_DEPTH_F32}[dtype.name]
    table = ocio.Lut3DTransform(lut.size)
    table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    table.setData(lut.table.ravel())
    processor = ocio.Config.CreateRaw().getProcessor(table)
    cpu = processor.getOptimizedCPUProcessor(depth, depth, ocio.OPTIMIZATION_DEFAULT)

    def description(pixels: Array) -> Any:
        height, width, channels = pixels.shape
        return ocio.PackedImageDesc(pixels, width, height, channels, depth, *pixels.strides[::-1])

    def band(pixels: Array, out: Array) -> None:
        cpu.apply(description(pixels), description(out))

    def run(image: Array, out: Array) -> None:
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
    def run(image: Array, out: Array) -> None:
        grid = torch.from_numpy(image[..., :3])[None, None] * 2 - 1
        sample = torch.nn.functional.grid_sample(
            volume, grid, mode="bilinear", padding_mode="border", align_corners=True
        )
        torch.from_numpy(out)[..., :3] = sample[0, :, 0].permute(1, 2, 0)
        out[..., 3:] = image[..., 3:]

    return run


def _pillow(lut: Lut3D) -> Run:
    from PIL import Image as Picture
    from PIL import ImageFilter

    table = lut.table.transpose(2, 1, 0, 3).ravel().tolist()
    color_lut = ImageFilter.Color3DLUT(lut.size, table)

    def run(image: Array, out: Array) -> Seconds:
        picture = Picture.fromarray(image)
        start = now()
        picture = picture.filter(color_lut)
        took = since(start)
        out[...] = np.asarray(picture)
        return took

    return run


def _ffmpeg(lut: Lut3D) -> Run:
    """The time of its filter: a run of three frames with it, less one without it."""

    def run(image: Array, out: Array) -> Seconds:
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


def reference_error(lut: Lut3D, image: Array, out: Array) -> float:
    """How far a result is from the float64 reference, on a thousand pixels, of full scale.

    For integers, what exceeds the half step of rounding.
    """
    full = np.iinfo(image.dtype).max if image.dtype.kind == "u" else 1
    pick = np.random.default_rng(0).integers(0, image.shape[0] * image.shape[1], 1000)
    colors = image.reshape(-1, image.shape[2])[pick, :3] / full
    result = out.reshape(-1, image.shape[2])[pick, :3] / full
    wanted = reference.evaluate(lut, colors.astype(np.float64))
    if full == 1:
        return float(np.abs(result - wanted).max())
    return max(0.0, float(np.abs(result - wanted.clip(0, 1)).max()) - 0.5 / full)
