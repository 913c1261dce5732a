"""Train the critic: python -m colorfix_training.train_critic --images DIR."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn

from colorfix_core.color.lab import cie94, ciede2000, srgb_to_lab
from colorfix_core.networks.color_maps import Maps
from colorfix_core.networks.critic import Critic
from colorfix_core.networks.predictor import Predictor
from colorfix_core.networks.weights import load_network, sha256
from colorfix_training.candidate_loss import CHROMA, TEMPERATURE, chroma
from colorfix_training.data.world_pairs import Batch, WorldPairs, prefetched, unseen_batches
from colorfix_training.loop import Training, training_options
from colorfix_training.preparation import data_options, export, prepare, world
from colorfix_training.students.quick_encoder import QuickEncoder

# Shares of the loss: the expected distance of what is chosen, the likelihood of the truth under
# the mixture, the mean distance of all, and how well the best one is known.
EXPECTED, MIXTURE, EVERY, KNOWN = 0.45, 0.3, 0.15, 0.4
PLACES = 192


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    _, student = prepare(options)
    digest = sha256(options.vae / "diffusion_pytorch_model.safetensors")
    predictor = load_network(options.predictor, Predictor, digest, "cpu").requires_grad_(False)
    arguments = {"candidates": predictor.candidates, "hidden": options.hidden}
    training = Training(Critic(**arguments), arguments, options.output, options.minutes,
                        options.rate)  # fmt: skip
    predictor.to(training.device)
    pictures = prefetched(
        WorldPairs(world(options), student, options.fresh, (options.seed, training.seed)),
        training.device,
    )

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        return critic_loss(training.network, predictor, next(pictures))

    training.averaged.eval()
    unseen = validation_batches(options, student)
    training.run(next_loss, partial(errors, predictor=predictor, batches=unseen))
    if unseen:
        training.arguments["temperature"] = temperature(
            cast(Critic, training.averaged), predictor, unseen
        )
    export(training, options.vae, options.export)


class Judgment(NamedTuple):
    """Distances of every candidate before and after the second look, and what it believes."""

    before: Tensor  # (B, C)
    distances: Tensor  # (B, C)
    logits: Tensor  # (B, C)
    first: Tensor  # (B, 1) which one the predictor believes


def judged(
    network: nn.Module,
    predictor: Predictor,
    batch: Batch,
    distance: Any = cie94,
    chroma_share: float = 0.0,
) -> Judgment:
    """Let the critic judge a batch, and measure every candidate against the truth."""
    with torch.no_grad():
        features = predictor.cast(batch.latent, batch.clues())
        proposed = predictor.read(features)
    better = network(proposed, features, batch.small.movedim(3, 1), batch.thoroughness)
    count = better.logits.shape[1]
    source = batch.source.repeat_interleave(count, 0)
    wanted = srgb_to_lab(batch.target)[:, None]

    def distances(maps: Maps) -> Tensor:
        got = srgb_to_lab(maps(source).clamp(-0.2, 1.2)).unflatten(0, (-1, count))
        missing = (chroma(got) - chroma(wanted)).mean(2).abs()
        return distance(got, wanted.expand_as(got)).mean(2) + chroma_share * missing

    first = proposed.logits.argmax(1, keepdim=True)
    return Judgment(distances(proposed.maps), distances(better.maps), better.logits, first)


def critic_loss(
    network: nn.Module, predictor: Predictor, batch: Batch
) -> tuple[Tensor, dict[str, float]]:
    """See the shares above; the best one is that of the smallest distance after the look."""
    some = torch.randperm(batch.source.shape[1])[:PLACES]
    batch = batch._replace(source=batch.source[:, some], target=batch.target[:, some])
    result = judged(network, predictor, batch, chroma_share=CHROMA)
    log_shares, distances = result.logits.log_softmax(1), result.distances
    mixture = -TEMPERATURE * (log_shares - distances / TEMPERATURE).logsumexp(1)
    known = nn.functional.cross_entropy(
        result.logits, distances.detach().argmin(1), reduction="none"
    )
    loss = EXPECTED * (log_shares.exp() * distances).sum(1) + MIXTURE * mixture
    loss = loss + EVERY * distances.mean(1) + KNOWN * known
    chosen = distances.detach().gather(1, result.logits.argmax(1, keepdim=True)).mean()
    before = result.before.gather(1, result.first).mean()
    return (loss * batch.weight).sum() / batch.weight.sum(), {
        "before": before.item(),
        "chosen": chosen.item(),
    }


def validation_batches(options: argparse.Namespace, student: QuickEncoder) -> dict[str, Batch]:
    """Pictures of every family from photographs that no training sees; none without a folder."""
    if not options.validation:
        return {}
    return unseen_batches(world(options, options.validation, held_out=True), student)


@torch.no_grad()
def temperature(
    network: Critic, predictor: Predictor, batches: dict[str, Batch], steps: int = 81
) -> float:
    """What scores have to be divided by to be the log-probabilities of being the best one.

    The likeliest of `steps` values from 0.2 to 5.
    """
    results = [judged(network, predictor, batch, ciede2000) for batch in batches.values()]
    scores = torch.cat([result.logits for result in results]) * network.temperature
    best = torch.cat([result.distances.argmin(1) for result in results])
    tried = torch.logspace(-0.7, 0.7, steps)
    likeliest = min(tried, key=lambda t: float(nn.functional.cross_entropy(scores / t, best)))
    return round(float(likeliest), 3)


@torch.no_grad()
def errors(network: nn.Module, predictor: Predictor, batches: dict[str, Batch]) -> dict[str, Any]:
    """Mean CIEDE2000 by family: what the predictor believes, what the critic does, the best."""
    if not batches:
        return {}
    found = {}
    for family, batch in batches.items():
        result = judged(network, predictor, batch, ciede2000)
        chosen = result.distances.gather(1, result.logits.argmax(1, keepdim=True))
        both = result.before.gather(1, result.first), chosen, result.distances.amin(1)
        found[family] = [round(float(d.mean()), 2) for d in both]
    casts = [values for family, values in found.items() if family != "none"]
    return {"casts": np.mean(casts, 0).round(3).tolist(), "families": found}


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__ or "", "runs/critic", batch=0, rate=1e-3)
    data_options(parser, "models/critic")
    parser.add_argument("--predictor", type=Path, default=Path("models/predictor"))
    parser.add_argument("--hidden", type=int, default=384)
    return parser.parse_args()


if __name__ == "__main__":
    main()
