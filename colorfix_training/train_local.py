"""Train the local lights: python -m colorfix_training.train_local --images DIR."""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from colorfix_core.color.lab import cie94, ciede2000, srgb_to_lab
from colorfix_core.networks.local_lights import LocalLights, LocalMaps
from colorfix_core.networks.predictor import Predictor
from colorfix_core.networks.weights import CONFIG, WEIGHTS, load_network, sha256
from colorfix_training.candidate_loss import CHROMA, chroma
from colorfix_training.data.pool import SMALL
from colorfix_training.data.world import LOCAL_MIX
from colorfix_training.data.world_pairs import Batch, WorldPairs, prefetched, unseen_batches
from colorfix_training.loop import Training, training_options
from colorfix_training.preparation import data_options, export, prepare, world
from colorfix_training.students.quick_encoder import QuickEncoder

PLACES = 384
# Share of the loss for what each place asks for by itself: it teaches what maps are made of before
# the lights are told apart.
ALONE = 0.5


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    _, student = prepare(options)
    digest = sha256(options.vae / "diffusion_pytorch_model.safetensors")
    predictor = load_network(options.predictor, Predictor, digest, "cpu").requires_grad_(False)
    network, arguments = build(options)
    training = Training(network, arguments, options.output, options.minutes, options.rate)
    predictor.to(training.device)
    source = world(options, mix=LOCAL_MIX)
    pictures = prefetched(
        WorldPairs(source, student, options.fresh, (options.seed, training.seed)), training.device
    )

    def next_loss() -> tuple[Tensor, dict[str, float]]:
        return local_loss(training.network, predictor, next(pictures))

    training.run(next_loss, validation(options, student, predictor))
    export(training, options.vae, options.export)


def build(options: argparse.Namespace) -> tuple[LocalLights, dict[str, Any]]:
    """A new network, or one that goes on from trained weights, be it with another predictor."""
    if not options.start:
        arguments = {"width": options.width}
        return LocalLights(**arguments), arguments
    arguments = json.loads((options.start / CONFIG).read_text())["network"]
    network = LocalLights(**arguments)
    state = load_file(options.start / WEIGHTS)
    network.load_state_dict({name: value.float() for name, value in state.items()})
    return network, arguments


class Look(NamedTuple):
    """What the network says about a batch, and what it was told."""

    local: LocalMaps
    cells: Tensor  # (B * 784, 3) encoded colors of all cells after the common map
    wanted_cells: Tensor  # (B * 784, 3)
    fixed: Tensor  # (B, P, 3) some pixels after the common map
    wanted: Tensor  # (B, P, 3) what these should become
    shares: Tensor  # (B, LIGHTS, P) at these pixels

    def result(self) -> Tensor:
        """(B, P, 3) encoded pixels after the local maps."""
        return self.local(self.fixed, self.shares)

    def alone(self) -> Tensor:
        """(B * 784, 3) encoded cells, each after the map that it asks for by itself."""
        return self.local.everywhere(self.cells[:, None])[:, 0]


def looked_at(
    network: nn.Module, predictor: Predictor, batch: Batch, pixels: Tensor | slice = slice(None)
) -> Look:
    """Let the network look at a batch, and follow what becomes of some of its pixels."""
    with torch.no_grad():
        known = batch.clues()
        features = predictor.cast(batch.latent, known)
        common = predictor.read(features).likeliest()
        before = F.avg_pool2d(batch.small.movedim(3, 1), 2)
        after = common(before.flatten(2).movedim(1, 2)).clamp(0, 1).movedim(1, 2)
        fixed = common(batch.small.flatten(1, 2)[:, pixels]).clamp(0, 1)
    local = network(batch.latent, before, after.unflatten(2, before.shape[2:]), features)
    shares = shares_at_pixels(local.shares)[..., pixels]
    wanted = F.avg_pool2d(batch.wanted.movedim(3, 1), 2)
    cells, wanted_cells = (
        c.flatten(2).movedim(1, 2).flatten(0, 1)
        for c in (after.unflatten(2, before.shape[2:]), wanted)
    )
    return Look(local, cells, wanted_cells, fixed, batch.wanted.flatten(1, 2)[:, pixels], shares)


def local_loss(
    network: nn.Module, predictor: Predictor, batch: Batch
) -> tuple[Tensor, dict[str, float]]:
    """Mean CIE94 at random places, plus a share of the difference in mean chroma."""
    look = looked_at(network, predictor, batch, torch.randperm(SMALL * SMALL)[:PLACES])
    got, wanted = srgb_to_lab(look.result()), srgb_to_lab(look.wanted)
    distance = cie94(got, wanted).mean(1)
    missing = (chroma(got) - chroma(wanted)).mean(1).abs()
    alone = look.local.everywhere(look.cells[:, None])[:, 0].clamp(-0.2, 1.2)
    alone = (
        cie94(srgb_to_lab(alone), srgb_to_lab(look.wanted_cells)).view(len(distance), -1).mean(1)
    )
    every = distance + CHROMA * missing + ALONE * alone
    loss = (every * batch.weight).sum() / batch.weight.sum()
    return loss, {"distance": distance.mean().item(), "alone": alone.mean().item()}


def shares_at_pixels(shares: Tensor) -> Tensor:
    """(B, L, 28, 28) to (B, L, 56 * 56)."""
    return F.interpolate(shares, (SMALL, SMALL), mode="bilinear", align_corners=False).flatten(2)


def validation(options: argparse.Namespace, student: QuickEncoder, predictor: Predictor) -> Any:
    """Function network -> errors by family, before and after."""
    if not options.validation:
        return lambda network: {}
    others = world(options, options.validation, held_out=True, mix=LOCAL_MIX)
    batches = unseen_batches(others, student)
    return partial(errors, predictor=predictor, batches=batches)


@torch.no_grad()
def errors(network: nn.Module, predictor: Predictor, batches: dict[str, Batch]) -> dict[str, Any]:
    """Mean CIEDE2000 by family: commonly corrected, locally, and each cell by itself."""
    found = {}
    for family, batch in batches.items():
        look = looked_at(network, predictor, batch)
        wanted = srgb_to_lab(look.wanted)
        both = [ciede2000(srgb_to_lab(p), wanted) for p in (look.fixed, look.result())]
        alone = srgb_to_lab(look.alone().clamp(0, 1))
        both.append(ciede2000(alone, srgb_to_lab(look.wanted_cells)))
        found[family] = [round(float(distance.mean()), 2) for distance in both]
    return {"families": found}


def _parse() -> argparse.Namespace:
    parser = training_options(__doc__ or "", "runs/local", batch=0, rate=1.5e-3)
    data_options(parser, "models/local")
    parser.add_argument("--predictor", type=Path, default=Path("models/predictor"))
    parser.add_argument("--start", type=Path, help="trained weights to go on from")
    parser.add_argument("--width", type=int, default=32)
    return parser.parse_args()


if __name__ == "__main__":
    main()
