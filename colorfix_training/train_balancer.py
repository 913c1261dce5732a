"""Train the balancer: python -m colorfix_training.train_balancer --images DIR."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from colorfix_core.networks.balancer import Balancer
from colorfix_core.networks.predictor import Predictor
from colorfix_training.data.pool import Pool
from colorfix_training.loop import Training, training_options
from colorfix_training.preparation import (
    batches,
    data_options,
    export,
    joined,
    prepare,
    read_cell_colors,
)


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    pool, student = prepare(options)
    network, arguments = build(options, pool)
    training = Training(network, arguments, options.output, options.minutes, options.rate)
    pictures = batches(options, pool, student, training)

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        batch = joined(*next(pictures))
        return balancer_loss(training.network, batch.latent, student(batch.wanted))

    training.run(next_loss)
    export(training, options.vae, options.export)


def build(options: argparse.Namespace, pool: Pool) -> tuple[Balancer, dict[str, Any]]:
    """A balancer that starts with the predictor's features of the cast, if there is one."""
    predictor = latest_predictor(options.predictor)
    if predictor is None:
        network = Balancer()
        read_cell_colors(network.features, options.vae, pool)
        return network, {}
    arguments = predictor.features.arguments
    network = Balancer(**arguments)
    network.features.load_state_dict(predictor.features.state_dict())
    network.features.requires_grad_(True)
    return network, arguments


def latest_predictor(checkpoint: Path | None) -> Predictor | None:
    """The averaged weights of a training, if it has saved any."""
    if checkpoint is None or not checkpoint.exists():
        return None
    state = torch.load(checkpoint, weights_only=True)
    predictor = Predictor(**state["arguments"])
    predictor.load_state_dict(state["average"])
    return predictor.eval().requires_grad_(False)


def balancer_loss(
    network: nn.Module, latent: Tensor, wanted: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """KL divergence from the balanced to the wanted distribution, tempered.

    The encoder's own variances are so small that the divergence of unbalanced latents runs into
    thousands; a floor under them keeps its gradient in proportion to the color error.
    """
    kl = gaussian_kl(wanted, network(latent)).mean()
    return kl, {"kl": kl.item()}


def gaussian_kl(p: Tensor, q: Tensor, floor: float = 0.04) -> Tensor:
    """KL(p || q) of diagonal Gaussians, (B, 8, h, w) mean and log-variance, per latent value.

    `floor` is added to both variances.
    """
    (mean_p, log_p), (mean_q, log_q) = p.chunk(2, 1), q.clamp(-30, 20).chunk(2, 1)
    variance_p, variance_q = log_p.clamp(-30, 20).exp() + floor, log_q.exp() + floor
    ratio = variance_p / variance_q
    return 0.5 * ((mean_p - mean_q).square() / variance_q + ratio - 1 - ratio.log())


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__ or "", "runs/balancer", batch=16, rate=5e-4)
    data_options(parser, "models/balancer")
    parser.add_argument("--predictor", type=Path, default=Path("runs/predictor/checkpoint.pt"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
