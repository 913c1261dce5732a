"""A pool of pictures, made and encoded once, and what is drawn from a picture for it.

A shard is one .npz file of arrays with a row for each picture; those of bytes are colors, of which
255 stands for 1.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image

PIXELS = 384
SMALL = 56


def reduce_by_area(pictures: np.ndarray) -> np.ndarray:
    """(N, 224, 224, 3) uint8 to (N, 56, 56, 3) uint8, means of 4 x 4 pixels."""
    blocks = pictures.reshape(len(pictures), SMALL, 4, SMALL, 4, 3)
    return blocks.mean((2, 4), dtype=np.float32).round().astype(np.uint8)


def draw_pixels(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Indices of `PIXELS` pixels; those with the colour of skin come three times as often.

    Skin by its range of Cb and Cr after Chai and Ngan, "Face Segmentation Using Skin-Color Map
    in Videophone Applications", IEEE Transactions on Circuits and Systems for Video Technology
    9 (1999).
    """
    _, cb, cr = np.moveaxis(np.asarray(Image.fromarray(picture).convert("YCbCr")), 2, 0)
    skin = (cb >= 77) & (cb <= 127) & (cr >= 133) & (cr <= 173)
    chances = np.cumsum(1.0 + 2.0 * skin)
    return np.searchsorted(chances, rng.random(PIXELS) * chances[-1], side="right")


class Pool:
    """All shards of a folder, in memory; raises FileNotFoundError when there are none."""

    def __init__(self, folder: Path):
        self._shards = [dict(np.load(path)) for path in sorted(folder.glob("*.npz"))]
        if not self._shards:
            raise FileNotFoundError(f"no shards in {folder}")

    def batches(
        self,
        rng: np.random.Generator,
        size: int,
        names: tuple[str, ...],
        device: torch.device | str = "cpu",
    ) -> Iterator[list[torch.Tensor]]:
        """Random batches without end: one float32 tensor for each name, pixels in [0, 1]."""
        while True:
            parts = []
            for _ in range(4):
                shard = self._shards[rng.integers(len(self._shards))]
                rows = rng.choice(min(len(shard[n]) for n in names), size // 4, replace=False)
                parts.append([shard[n][rows] for n in names])
            columns = zip(*parts, strict=True)
            yield [_to_tensor(np.concatenate(column)).to(device) for column in columns]


def _to_tensor(values: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(values)
    return tensor.float() / 255 if values.dtype == np.uint8 else tensor.float()
