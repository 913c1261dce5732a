"""Train the predictor: python -m colorfix_core.training.train_predictor (pool running)."""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from colorfix_core.color import cie94, srgb_to_lab
from colorfix_core.predictor import Predictor
from colorfix_core.training.loop import Training
from colorfix_core.training.pool import Pool
from colorfix_core.weights import save_network, sha256


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    arguments = {"width": options.width, "blocks": options.blocks, "hidden": options.hidden}
    network = Predictor(**arguments)
    training = Training(network, arguments, options.output, options.minutes, options.rate)
    pool = Pool(options.pool)
    wait_for_shards(pool, options.first_shards)
    rng = np.random.default_rng((options.seed, training.step))
    batches = pool.batches(rng, options.batch, ("latent", "source", "target"))
    clean_batches = pool.batches(rng, options.clean, ("clean", "target"))

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        if training.step % 50 == 0:
            pool.refresh()
        latent, source, target = next(batches)
        clean, same = next(clean_batches)  # good photos, to be left as they are
        pairs = (latent, clean), (source, same), (target, same)
        loss, facts = predictor_loss(network, *(torch.cat(pair) for pair in pairs))
        return loss, {**facts, "shards": len(pool)}

    training.run(next_loss)
    export(training, options.vae, options.export)


def predictor_loss(
    network: Predictor, latent: Tensor, source: Tensor, target: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """CIE94 distance after the map, and a smoothness penalty on the lattice."""
    maps = network(latent)
    distance = cie94(srgb_to_lab(maps(source).clamp(-0.2, 1.2)), srgb_to_lab(target)).mean()
    return distance + 40 * maps.roughness(), {"cie94": distance.item()}


def wait_for_shards(pool: Pool, count: int) -> None:
    """Sleep until the pool holds `count` shards."""
    pool.refresh()
    while len(pool) < count:
        time.sleep(2)
        pool.refresh()


def export(training: Training, vae: Path, folder: Path) -> None:
    """Ship the averaged weights, tied to the VAE they were trained with."""
    digest = sha256(vae / "diffusion_pytorch_model.safetensors")
    facts = {"steps": training.step, "minutes": round(training.seconds / 60)}
    save_network(folder, training.averaged, training.arguments, digest, training=facts)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, default=Path("runs/pool"))
    parser.add_argument("--vae", type=Path, default=Path("runs/vae/vae"))
    parser.add_argument("--output", type=Path, default=Path("runs/predictor"))
    parser.add_argument("--export", type=Path, default=Path("models/predictor"))
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--first-shards", type=int, default=8, help="wait for so many")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--clean", type=int, default=16, help="clean photos in each batch")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--hidden", type=int, default=384)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
