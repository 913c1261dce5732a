"""A pool of training pairs, distorted and encoded once.

A shard holds

    latent         (N, 8, 28, 28) float16   the distorted picture, encoded
    small          (N, 56, 56, 3) uint8     the distorted picture, reduced by area averaging
    source, target (N, P, 3) uint8          the same pixels of the distorted and the clean one
    clean          (M, 8, 28, 28) float16   the first M clean pictures, encoded
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from colorfix_core.luts.lut import Lut3D
from colorfix_core.networks.vae import Vae
from colorfix_training.data.distortions import distort
from colorfix_training.data.photos import load_photos, random_crop

SHARD = 128
CLEAN = 32
PIXELS = 384
SMALL = 56


def fill(
    folder: Path, images: Path, vae: Path, shards: int, seed: int = 1, luts: Path | None = None
) -> None:
    """Write shards of random crops of `images` until there are so many, of all seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    if count_shards(folder) >= shards:
        return
    photos, grades = load_photos(images), read_luts(luts)
    encoder = Vae.load(vae, torch.device("cpu"))
    with tqdm(total=shards, desc="pool", unit="shard", disable=None) as bar:
        while (count := count_shards(folder)) < shards:
            bar.update(count - bar.n)
            index = count_shards(folder, f"{seed}-*.npz")
            shard = make_shard(photos, encoder, np.random.default_rng((seed, index)), grades)
            partial = folder / f"{seed}-{index:05d}.partial"
            with open(partial, "wb") as file:
                np.savez(file, **shard)
            partial.rename(partial.with_suffix(".npz"))


def count_shards(folder: Path, pattern: str = "*.npz") -> int:
    """How many shards are there."""
    return len(list(folder.glob(pattern)))


def read_luts(folder: Path | None) -> list[Lut3D]:
    """Every .cube file below `folder`, to be used as a grade."""
    return [Lut3D.load(path) for path in sorted(folder.rglob("*.cube"))] if folder else []


def make_shard(
    photos: list[np.ndarray], vae: Vae, rng: np.random.Generator, luts: Sequence[Lut3D] = ()
) -> dict[str, np.ndarray]:
    """Distort and encode `SHARD` random crops."""
    clean = np.stack([random_crop(photos[rng.integers(len(photos))], rng) for _ in range(SHARD)])
    ruined = np.stack([distort(crop, rng, luts=luts) for crop in clean])
    where = np.stack([draw_pixels(crop, rng) for crop in clean])[..., None]
    return {
        "latent": _encode(vae, ruined),
        "small": reduce_by_area(ruined),
        "source": np.take_along_axis(ruined.reshape(SHARD, -1, 3), where, 1),
        "target": np.take_along_axis(clean.reshape(SHARD, -1, 3), where, 1),
        "clean": _encode(vae, clean[:CLEAN]),
    }


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

    def in_order(
        self, names: tuple[str, ...], device: torch.device | str = "cpu"
    ) -> Iterator[list[torch.Tensor]]:
        """Every shard once, as `batches` would give it."""
        for shard in self._shards:
            yield [_to_tensor(shard[name]).to(device) for name in names]


def _to_tensor(values: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(values)
    return tensor.float() / 255 if values.dtype == np.uint8 else tensor.float()


def _encode(vae: Vae, pictures: np.ndarray) -> np.ndarray:
    batch = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    return torch.cat([vae.encode(part) for part in batch.split(16)]).numpy().astype(np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--vae", type=Path, default=Path("runs/vae/vae"))
    parser.add_argument("--output", type=Path, default=Path("runs/pool"))
    parser.add_argument("--seed", type=int, default=1, help="another one for each process")
    parser.add_argument("--luts", type=Path, help="folder of .cube files to use as grades")
    parser.add_argument("--shards", type=int, default=100, help="of 128 pictures, in all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    fill(options.output, options.images, options.vae, options.shards, options.seed, options.luts)


if __name__ == "__main__":
    main()
