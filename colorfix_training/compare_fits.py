"""Compare ways to fit a colour map to two decodings:
python -m colorfix_training.compare_fits --images DIR

Each fit sees the decoded latent of a distorted picture and either the decoding of the clean
picture's latent ("truth", which measures the fit alone) or that of the balanced latent.
"""

import argparse
import time
from collections import defaultdict
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from colorfix_core.color.lab import ciede2000, srgb_to_lab
from colorfix_core.fixer import default_models
from colorfix_core.luts.lut import Lut3D
from colorfix_core.networks.balancer import decoded_cells
from colorfix_core.networks.lattice_fit import fit_lattice
from colorfix_core.networks.loaded import Networks
from colorfix_training.data.photos import list_photos
from colorfix_training.evaluation.cases import TRAINED_FAMILIES, make_case


def main() -> None:
    options = _parse()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    networks = Networks(options.models, "cpu")
    vae, balancer = networks.vae, networks.balancer
    paths = list_photos(options.images)
    cases = [
        (p, f) for p in paths[:: max(1, len(paths) // options.photos)] for f in TRAINED_FAMILIES
    ]
    errors, seconds = defaultdict(list), defaultdict(list)
    for path, family in tqdm(cases, disable=None):
        case = make_case(path, family)
        clean, ruined = _batch(case.truth), _batch(case.ruined)
        latent, truth = vae.encode(ruined), vae.encode(clean)
        for target, network in (("truth", lambda _, t=truth: t), ("balanced", balancer)):
            pair = [cells[0] for cells in decoded_cells(network, vae, latent)]
            for name, fit in FITS.items():
                started = time.perf_counter()
                table = fit(*pair)
                seconds[name].append(time.perf_counter() - started)
                errors[name, target].append(_error(table, ruined, clean))
    print("| fit | truth | balanced | milliseconds |\n| --- | ---: | ---: | ---: |")
    for name in FITS:
        means = [np.mean(errors[name, target]) for target in ("truth", "balanced")]
        print(
            f"| {name} | {means[0]:.2f} | {means[1]:.2f} | {np.median(seconds[name]) * 1e3:.0f} |"
        )


def fit_polynomial(source: Tensor, target: Tensor, degree: int = 3, ridge: float = 1e-4) -> Tensor:
    """Ridge regression on all monomials; parameters and result as `fit_lattice`, 33 points."""
    powers = [c for d in range(degree + 1) for c in combinations_with_replacement(range(3), d)]

    def expand(colors: Tensor) -> Tensor:
        columns = [colors[:, list(power)].prod(1) for power in powers]
        return torch.stack(columns, 1).double()

    system = expand(source)
    normal = system.T @ system / len(source) + ridge * torch.eye(len(powers), dtype=torch.float64)
    weights = torch.linalg.solve(normal, system.T @ (target - source).double() / len(source))
    grid = _grid()
    return _table(grid + (expand(grid) @ weights).float())


def fit_mlp(source: Tensor, target: Tensor, hidden: int = 32, steps: int = 300) -> Tensor:
    """One hidden layer beside the identity; parameters and result as `fit_lattice`, 33 points."""
    network = nn.Sequential(nn.Linear(3, hidden), nn.Tanh(), nn.Linear(hidden, 3))
    for parameter in network[2].parameters():
        nn.init.zeros_(parameter)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-2)
    for _ in range(steps):
        loss = (source + network(source) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    grid = _grid()
    return _table(grid + network(grid).detach())


FITS = {"lattice": fit_lattice, "polynomial": fit_polynomial, "mlp": fit_mlp}


def _error(table: Tensor, ruined: Tensor, clean: Tensor) -> float:
    source, target = (p[0].movedim(0, 2)[::2, ::2].contiguous() for p in (ruined, clean))
    fixed = torch.from_numpy(Lut3D(table.numpy()).apply(source.numpy()))
    return float(ciede2000(srgb_to_lab(fixed), srgb_to_lab(target)).mean())


def _batch(picture: np.ndarray) -> Tensor:
    return torch.from_numpy(picture).movedim(2, 0)[None].float() / 255


def _grid(size: int = 33) -> Tensor:
    axis = torch.linspace(0, 1, size)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1).view(-1, 3)


def _table(colors: Tensor, size: int = 33) -> Tensor:
    return colors.clamp(0, 1).view(size, size, size, 3)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=default_models())
    parser.add_argument("--photos", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
