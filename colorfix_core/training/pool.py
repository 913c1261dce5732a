"""A growing pool of encoded training pairs, so that pictures are distorted and encoded once.

One process fills the pool with shards, any number of trainings read it. A shard holds

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

from colorfix_core.lut import Lut3D
from colorfix_core.predictor import Predictor
from colorfix_core.training.distortions import distort
from colorfix_core.training.photos import load_photos, random_crop
from colorfix_core.vae import Vae

SHARD = 128
CLEAN = 32
PIXELS = 384
SMALL = 56
# Part of the pictures that the current predictor has corrected once: it then learns what to
# do with its own result, so that iterations converge.
SECOND_PASS = 0.2


def fill(options: argparse.Namespace) -> None:
    """Write shards, as many as asked for; continues after the last one written."""
    torch.set_num_threads(1)
    photos, vae = load_photos(options.images), Vae.load(options.vae, torch.device("cpu"))
    luts = read_luts(options.luts)
    options.output.mkdir(parents=True, exist_ok=True)
    first = len(list(options.output.glob(f"{options.seed}-*.npz")))
    for index in tqdm(range(first, options.shards), unit="shard", disable=None):
        rng = np.random.default_rng((options.seed, index))
        shard = make_shard(photos, vae, latest_predictor(options.predictor), rng, luts)
        partial = options.output / f"{options.seed}-{index:05d}.partial"
        with open(partial, "wb") as file:
            np.savez(file, **shard)
        partial.rename(partial.with_suffix(".npz"))


def read_luts(folder: Path | None) -> list[Lut3D]:
    """Every .cube file below `folder`, to be used as a grade."""
    return [Lut3D.load(path) for path in sorted(folder.rglob("*.cube"))] if folder else []


def make_shard(
    photos: list[np.ndarray],
    vae: Vae,
    predictor: Predictor | None,
    rng: np.random.Generator,
    luts: Sequence[Lut3D] = (),
) -> dict[str, np.ndarray]:
    """Distort and encode `SHARD` random crops."""
    clean = [random_crop(photos[rng.integers(len(photos))], rng) for _ in range(SHARD)]
    ruined = np.stack([distort(crop, rng, luts=luts) for crop in clean])
    latent = _encode(vae, ruined)
    if predictor is not None:
        count = int(SHARD * SECOND_PASS)
        ruined[-count:] = _correct(predictor, latent[-count:], ruined[-count:])
        latent[-count:] = _encode(vae, ruined[-count:])
    where = np.stack([draw_pixels(crop, rng) for crop in clean])[..., None]
    return {
        "latent": latent.numpy().astype(np.float16),
        "small": reduce_by_area(ruined),
        "source": np.take_along_axis(ruined.reshape(SHARD, -1, 3), where, 1),
        "target": np.take_along_axis(np.stack(clean).reshape(SHARD, -1, 3), where, 1),
        "clean": _encode(vae, np.stack(clean[:CLEAN])).numpy().astype(np.float16),
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


def latest_predictor(checkpoint: Path | None) -> Predictor | None:
    """The averaged weights of a training that is under way, if it has saved any."""
    if checkpoint is None or not checkpoint.exists():
        return None
    state = torch.load(checkpoint, weights_only=True)
    predictor = Predictor(**state["arguments"])
    predictor.load_state_dict(state["average"])
    return predictor.eval().requires_grad_(False)


class Pool:
    """The shards found so far, in memory; `refresh` takes in the new ones."""

    def __init__(self, folder: Path, capacity: int = 1500):
        self._folder, self._capacity = folder, capacity
        self._shards: dict[Path, dict[str, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self._shards)

    def refresh(self) -> None:
        """Read shards that have come since; the oldest leave when the pool is full."""
        for path in sorted(self._folder.glob("*.npz"), key=lambda p: p.stat().st_mtime):
            if path not in self._shards:
                with np.load(path) as arrays:
                    self._shards[path] = dict(arrays)
        for path in list(self._shards)[: -self._capacity]:
            self._shards[path] = None  # known, but no longer held

    def batches(
        self,
        rng: np.random.Generator,
        size: int,
        names: tuple[str, ...],
        device: torch.device | str = "cpu",
    ) -> Iterator[list[torch.Tensor]]:
        """Random batches without end: one float32 tensor for each name, pixels in [0, 1]."""
        while True:
            shards = [s for s in self._shards.values() if s is not None]
            parts = []
            for _ in range(4):
                shard = shards[rng.integers(len(shards))]
                rows = rng.choice(min(len(shard[n]) for n in names), size // 4, replace=False)
                parts.append([shard[n][rows] for n in names])
            columns = zip(*parts, strict=True)
            yield [_to_tensor(np.concatenate(column)).to(device) for column in columns]

    def in_order(
        self, names: tuple[str, ...], device: torch.device | str = "cpu"
    ) -> Iterator[list[torch.Tensor]]:
        """Every shard once, as `batches` would give it."""
        for _, shard in sorted(self._shards.items()):
            yield [_to_tensor(shard[name]).to(device) for name in names]


def _to_tensor(values: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(values)
    return tensor.float() / 255 if values.dtype == np.uint8 else tensor.float()


def _encode(vae: Vae, pictures: np.ndarray) -> torch.Tensor:
    batch = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    return torch.cat([vae.encode(part) for part in batch.split(16)])


@torch.no_grad()
def _correct(predictor: Predictor, latent: torch.Tensor, pictures: np.ndarray) -> np.ndarray:
    pixels = torch.from_numpy(pictures.reshape(len(pictures), -1, 3)).float() / 255
    fixed = predictor(latent.half().float())(pixels).clamp(0, 1)
    return (fixed * 255 + 0.5).to(torch.uint8).numpy().reshape(pictures.shape)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--vae", type=Path, default=Path("runs/vae/vae"))
    parser.add_argument("--output", type=Path, default=Path("runs/pool"))
    parser.add_argument("--predictor", type=Path, default=Path("runs/predictor/checkpoint.pt"))
    parser.add_argument("--seed", type=int, default=1, help="another one for each process")
    parser.add_argument("--luts", type=Path, help="folder of .cube files to use as grades")
    parser.add_argument("--shards", type=int, default=10**5, help="stop after so many")
    fill(parser.parse_args())


if __name__ == "__main__":
    main()
