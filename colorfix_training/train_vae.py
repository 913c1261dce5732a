"""Train the VAE: python -m colorfix_training.train_vae --images DIR --output DIR."""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorfix_core.color.lab import srgb_to_lab
from colorfix_core.pixels.thumbnail import SIDE
from colorfix_training.data.distortions import distort
from colorfix_training.data.photos import load_photos, random_crop
from colorfix_training.loop import Training, training_options
from colorfix_training.students.color_preserving import start_color_preserving

CHANNELS = (8, 16, 32, 64)


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    photos = load_photos(options.images)
    training = Training(Passage(build_vae()), {}, options.output, options.minutes, options.rate)
    rng = np.random.default_rng((options.seed, training.seed))

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        batch = draw_batch(photos, rng, options.batch, options.window).to(training.device)
        return vae_loss(training.network, batch, options.kl)

    training.run(next_loss)
    if training.accelerator.is_main_process:
        vae = training.averaged.vae.half()
        vae.save_pretrained(options.output / "vae", safe_serialization=True)


class Passage(nn.Module):
    """Through the VAE and back, in one forward pass as several devices need it."""

    def __init__(self, vae: nn.Module):
        super().__init__()
        self.vae = vae

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, H, W) in [0, 1] to the decoding of a sample, and the KL divergence per value."""
        distribution = self.vae.encode(pictures * 2 - 1).latent_dist
        decoded = self.vae.decode(distribution.sample()).sample / 2 + 0.5
        return decoded, distribution.kl().mean() / distribution.mean[0].numel()


def build_vae(channels: tuple[int, ...] = CHANNELS) -> nn.Module:
    """A small AutoencoderKL that starts as an exact carrier of local colour."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    vae = AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels),
        latent_channels=4,
        norm_num_groups=1,
        sample_size=SIDE,
        scaling_factor=1.0,
        mid_block_add_attention=False,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )
    start_color_preserving(vae)
    return vae


def draw_batch(photos: list[np.ndarray], rng: np.random.Generator, count: int, side: int) -> Tensor:
    """Windows of distorted and clean photos, (count, 3, side, side) in [0, 1]."""
    windows = []
    for _ in range(count):
        top, left = rng.integers(224 - side + 1, size=2)
        crop = random_crop(photos[rng.integers(len(photos))], rng)
        crop = np.ascontiguousarray(crop[top : top + side, left : left + side])
        windows.append(distort(crop, rng) if rng.random() < 0.6 else crop)
    return torch.from_numpy(np.stack(windows)).permute(0, 3, 1, 2).float() / 255


def vae_loss(
    network: nn.Module, batch: Tensor, kl_weight: float
) -> tuple[Tensor, dict[str, float]]:
    """Pixels, the colour of 8 x 8 blocks in CIELAB, and the KL divergence per latent value."""
    decoded, kl = network(batch)
    pixels = (decoded - batch).abs().mean()
    blocks = (_block_lab(decoded) - _block_lab(batch)).norm(dim=-1).mean()
    losses = {"pixels": pixels.item(), "blocks": blocks.item(), "kl": kl.item()}
    return 2 * pixels + 0.03 * blocks + kl_weight * kl, losses


def _block_lab(pictures: Tensor) -> Tensor:
    return srgb_to_lab(F.avg_pool2d(pictures, 8).permute(0, 2, 3, 1))


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__, "runs/vae", batch=16, rate=1e-3)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--window", type=int, default=112, help="side of the squares trained on")
    parser.add_argument("--kl", type=float, default=0.005, help="weight of the divergence")
    return parser.parse_args()


if __name__ == "__main__":
    main()
