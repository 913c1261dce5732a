"""Train the VAE: python -m colorfix_core.training.train_vae --images DIR --output DIR."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorfix_core.color import srgb_to_lab
from colorfix_core.training.colour_preserving import start_colour_preserving
from colorfix_core.training.distortions import distort
from colorfix_core.training.loop import learning_rate_factor
from colorfix_core.training.photos import load_photos, random_crop

CHANNELS = (8, 16, 32, 64)


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    checkpoint = options.output / "checkpoint.pt"
    vae = build_vae()
    optimizer = torch.optim.AdamW(vae.parameters(), lr=options.rate, weight_decay=0)
    step, spent = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        vae.load_state_dict(state["vae"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["seconds"]
    photos = load_photos(options.images)
    options.output.mkdir(parents=True, exist_ok=True)
    limit, started = options.minutes * 60, time.monotonic() - spent
    while (seconds := time.monotonic() - started) < limit:
        for group in optimizer.param_groups:
            group["lr"] = options.rate * learning_rate_factor(seconds / limit)
        losses = _step(vae, optimizer, draw_batch(photos, step, options), options.kl)
        step += 1
        if step % 50 == 0:
            _log(options.output, {"step": step, "seconds": round(seconds), **losses})
        if step % 200 == 0:
            _save(checkpoint, vae, optimizer, step, seconds)
    _save(checkpoint, vae, optimizer, step, limit)
    vae.half().save_pretrained(options.output / "vae", safe_serialization=True)


def build_vae(channels: tuple[int, ...] = CHANNELS):
    """A small AutoencoderKL that starts as an exact carrier of local colour."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    vae = AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels),
        latent_channels=4,
        norm_num_groups=1,
        sample_size=224,
        scaling_factor=1.0,
        mid_block_add_attention=False,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )
    start_colour_preserving(vae)
    return vae


def draw_batch(photos: list[np.ndarray], step: int, options: argparse.Namespace) -> Tensor:
    """Windows of distorted and clean photos, (B, 3, side, side) in [0, 1]."""
    rng = np.random.default_rng((options.seed, step))
    side, windows = options.window, []
    for _ in range(options.batch):
        top, left = rng.integers(224 - side + 1, size=2)
        crop = random_crop(photos[rng.integers(len(photos))], rng)
        crop = np.ascontiguousarray(crop[top : top + side, left : left + side])
        windows.append(distort(crop, rng) if rng.random() < 0.6 else crop)
    return torch.from_numpy(np.stack(windows)).permute(0, 3, 1, 2).float() / 255


def vae_loss(vae, batch: Tensor, kl_weight: float) -> tuple[Tensor, dict[str, float]]:
    """Pixels, the colour of 8 x 8 blocks in CIELAB, and the KL divergence per latent value."""
    distribution = vae.encode(batch * 2 - 1).latent_dist
    decoded = vae.decode(distribution.sample()).sample / 2 + 0.5
    pixels = (decoded - batch).abs().mean()
    blocks = (_block_lab(decoded) - _block_lab(batch)).norm(dim=-1).mean()
    kl = distribution.kl().mean() / distribution.mean[0].numel()
    losses = {"pixels": pixels.item(), "blocks": blocks.item(), "kl": kl.item()}
    return 2 * pixels + 0.03 * blocks + kl_weight * kl, losses


def _step(vae, optimizer, batch: Tensor, kl_weight: float) -> dict[str, float]:
    loss, losses = vae_loss(vae, batch, kl_weight)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
    optimizer.step()
    return losses


def _block_lab(pictures: Tensor) -> Tensor:
    return srgb_to_lab(F.avg_pool2d(pictures, 8).permute(0, 2, 3, 1))


def _save(path: Path, vae, optimizer, step: int, seconds: float) -> None:
    state = {"vae": vae.state_dict(), "optimizer": optimizer.state_dict()}
    partial = path.with_suffix(".partial")
    torch.save({**state, "step": step, "seconds": seconds}, partial)
    partial.replace(path)


def _log(folder: Path, entry: dict) -> None:
    with open(folder / "log.jsonl", "a") as log:
        log.write(json.dumps(entry) + "\n")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("runs/vae"))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--window", type=int, default=112)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--kl", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
