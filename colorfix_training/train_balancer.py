"""Train the balancer: python -m colorfix_training.train_balancer --images DIR."""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from colorfix_core.networks.balancer import Balancer
from colorfix_core.networks.predictor import Predictor
from colorfix_training.data.pool import Pool
from colorfix_training.loop import Training, training_options
from colorfix_training.train_predictor import (
    export,
    new_pairs,
    pool_options,
    prepare,
    read_cell_colors,
)


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    pool, student = prepare(options)
    arguments, network = build(options, pool)
    training = Training(network, arguments, options.output, options.minutes, options.rate)
    seed = options.seed, training.seed
    fresh = new_pairs(options, student, options.fresh, seed, training.device)
    names = "latent", "clean"
    stored = pool.batches(np.random.default_rng(seed), options.batch, names, training.device)

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        new = next(fresh)
        parts = (new.latent, new.clean), next(stored)
        return balancer_loss(training.network, *map(torch.cat, zip(*parts, strict=True)))

    training.run(next_loss, validation(options.validation, training.device))
    export(training, options.vae, options.export)


def build(options: argparse.Namespace, pool: Pool) -> tuple[dict[str, int], Balancer]:
    """A balancer that starts with the predictor's features of the cast, if there is one."""
    predictor = latest_predictor(options.predictor)
    if predictor is None:
        network = Balancer()
        read_cell_colors(network.features, options.vae, pool)
        return {}, network
    arguments = predictor.features.arguments
    network = Balancer(**arguments)
    network.features.load_state_dict(predictor.features.state_dict())
    network.features.requires_grad_(True)
    return arguments, network


def latest_predictor(checkpoint: Path | None) -> Predictor | None:
    """The averaged weights of a training, if it has saved any."""
    if checkpoint is None or not checkpoint.exists():
        return None
    state = torch.load(checkpoint, weights_only=True)
    predictor = Predictor(**state["arguments"])
    predictor.load_state_dict(state["average"])
    return predictor.eval().requires_grad_(False)


def balancer_loss(
    network: Balancer, latent: Tensor, clean: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """KL divergence from the balanced to the clean distribution, tempered.

    The encoder's own variances are so small that the divergence of unbalanced latents runs into
    thousands; a floor under them keeps its gradient in proportion to the colour error.
    """
    kl = gaussian_kl(clean, network(latent)).mean()
    return kl, {"kl": kl.item()}


def gaussian_kl(p: Tensor, q: Tensor, floor: float = 0.04) -> Tensor:
    """KL(p || q) of diagonal Gaussians, (B, 8, h, w) mean and log-variance, per latent value.

    `floor` is added to both variances.
    """
    (mean_p, log_p), (mean_q, log_q) = p.chunk(2, 1), q.clamp(-30, 20).chunk(2, 1)
    variance_p, variance_q = log_p.clamp(-30, 20).exp() + floor, log_q.exp() + floor
    ratio = variance_p / variance_q
    return 0.5 * ((mean_p - mean_q).square() / variance_q + ratio - 1 - ratio.log())


def validation(folder: Path | None, device: torch.device):
    """Function network -> mean divergence over a pool made from other photos."""
    if folder is None:
        return lambda network: {}
    parts = list(Pool(folder).in_order(("latent", "clean"), device))
    return partial(validation_error, parts=parts)


@torch.no_grad()
def validation_error(network: nn.Module, parts: list[list[Tensor]]) -> dict[str, float]:
    """Mean KL divergence over batches of (latent, clean)."""
    errors = [gaussian_kl(c, network(latent[: len(c)])).mean() for latent, c in parts]
    return {"validation_kl": float(torch.stack(errors).mean())}


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__, "runs/balancer", batch=16, rate=5e-4)
    pool_options(parser, "models/balancer")
    parser.add_argument("--predictor", type=Path, default=Path("runs/predictor/checkpoint.pt"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
