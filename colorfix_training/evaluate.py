"""Benchmark: python -m colorfix_training.evaluate --images DIR

Photos x distortion families, every method on the same pictures, the same pictures every time.
Writes results.csv, table.md, sheet.jpg and iterations.png.
"""

import argparse
import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from colorfix_core import ColorFixer, Lut3D
from colorfix_core.color.lab import ciede2000, linear_to_srgb, srgb_to_lab, srgb_to_linear
from colorfix_core.fixer import METHODS
from colorfix_core.networks.lattice_fit import fit_lattice
from colorfix_training.data.distortions import distort
from colorfix_training.data.photos import list_photos, load_photo
from colorfix_training.evaluation import peers
from colorfix_training.evaluation.plots import plot_iterations

FAMILIES = ("mild", "light", "grade", "film", "two_lights", "none")
STEPS = (1, 2, 3, 4, 5)
STEPS_IN_TABLE = (1, 2, 5)
SIDE = 224
# Training draws from seeds of two numbers, so no benchmark picture can occur in it.
_SEED = 20_000_000


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    options.output.mkdir(parents=True, exist_ok=True)
    fixer = ColorFixer.load("cpu", options.models)
    rows, sheet = [], []
    cases = list(_cases(options))
    for index, (path, family) in enumerate(tqdm(cases, unit="picture", disable=None)):
        photo, ruined = make_case(path, family)
        results = correct_all(ruined, photo, fixer, options.methods)
        for method, result in results.items():
            moved = measure(result, ruined)[0]
            rows.append([path.name, family, method, *measure(result, photo), moved])
        if index // len(FAMILIES) < options.sheet_photos:
            shown = ("input", "gimp_auto", "opencv_learning", "lut x1", "balancer x1")
            sheet.append([*(results[name] for name in shown if name in results), photo])
    _write_csv(options.output / "results.csv", rows)
    table = format_table(rows)
    (options.output / "table.md").write_text(table)
    _write_sheet(options.output / "sheet.jpg", sheet)
    plot_iterations(rows, options.output / "iterations.png")
    print(table)


def make_case(path: Path, family: str) -> tuple[np.ndarray, np.ndarray]:
    """A clean photo and its distorted copy, (224, 224, 3) uint8; depends on names only."""
    photo = Image.fromarray(load_photo(path)).resize((SIDE, SIDE), Image.Resampling.BOX)
    name = int.from_bytes(hashlib.sha256(f"{path.name} {family}".encode()).digest()[:4])
    photo = np.array(photo)
    return photo, distort(photo, np.random.default_rng((_SEED, name, 0)), family)


def correct_all(
    ruined: np.ndarray, photo: np.ndarray, fixer: ColorFixer, ours: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Every method's result, uint8 like the input."""
    results = {"input": ruined}
    results |= {name: method(ruined) for name, method in peers.METHODS.items()}
    for method in ours:
        luts = fixer.predict_steps(ruined, max(STEPS), method).luts
        results |= {f"{method} x{step}": luts[step - 1].apply(ruined) for step in STEPS}
    results["ceiling: matrix"] = best_matrix(ruined, photo)
    results["ceiling: lattice"] = best_lattice(ruined, photo)
    return results


def best_matrix(ruined: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """The 3 x 3 matrix in linear light that is nearest to the truth in linear light."""
    source, target = (_linear(p).reshape(-1, 3) for p in (ruined, photo))
    matrix = torch.linalg.lstsq(source, target).solution
    encoded = linear_to_srgb((source @ matrix).clamp(0, 1))
    return (encoded.view(ruined.shape) * 255 + 0.5).to(torch.uint8).numpy()


def best_lattice(ruined: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """The smooth lattice that is nearest to the truth in encoded sRGB."""
    pairs = [torch.from_numpy(p).float().view(-1, 3)[::7] / 255 for p in (ruined, photo)]
    return Lut3D(fit_lattice(*pairs, smoothness=1e-3).numpy()).apply(ruined)


def measure(result: np.ndarray, photo: np.ndarray) -> tuple[float, float, float]:
    """CIEDE2000, CIEDE2000 after the best exposure gain, angular error in degrees: means."""
    result, truth = _linear(result[::2, ::2]), _linear(photo[::2, ::2])
    lab = srgb_to_lab(linear_to_srgb(truth))
    plain = ciede2000(srgb_to_lab(linear_to_srgb(result)), lab).mean()
    gain = (result * truth).sum() / result.square().sum().clamp_min(1e-9)
    exposed = linear_to_srgb((result * gain).clamp(0, 1))
    after_gain = ciede2000(srgb_to_lab(exposed), lab).mean()
    cosine = torch.nn.functional.cosine_similarity(result + 1e-4, truth + 1e-4, dim=-1)
    angle = torch.rad2deg(cosine.clamp(-1, 1).acos()).mean()
    return float(plain), float(after_gain), float(angle)


def format_table(rows: list[list]) -> str:
    """Markdown: mean CIEDE2000 of each method in each family, then the summary columns.

    Median, worst 5 %, after the best exposure gain and the angle are over all casts; the last
    column is the distance of the result from its input for the photos without a cast.
    """
    groups = defaultdict(list)
    for _, family, method, *values in rows:
        groups[method, family].append(values)
        if family != "none":
            groups[method, "casts"].append(values)
    hidden = {f"{m} x{step}" for m in METHODS for step in STEPS if step not in STEPS_IN_TABLE}
    methods = [m for m in dict.fromkeys(row[2] for row in rows) if m not in hidden]
    columns = [*FAMILIES, "casts"]
    head = [*columns, "median", "worst 5 %", "after gain", "angle", "none moved by"]
    lines = ["| method | " + " | ".join(head) + " |", "| --- |" + " ---: |" * len(head)]
    for method in methods:
        cells = [np.mean(groups[method, f], 0)[0] for f in columns]
        casts = np.array(groups[method, "casts"])
        tail = np.sort(casts[:, 0])[-max(1, len(casts) // 20) :]
        cells += [np.median(casts[:, 0]), tail.mean(), *casts[:, 1:3].mean(0)]
        cells.append(np.mean(groups[method, "none"], 0)[3])
        lines.append(f"| {method} | " + " | ".join(f"{c:.2f}" for c in cells) + " |")
    return "\n".join(lines) + "\n"


def _cases(options: argparse.Namespace) -> Iterator[tuple[Path, str]]:
    photos = list_photos(options.images)
    chosen = photos[:: max(1, len(photos) // options.photos)] if options.photos else photos
    for path in chosen:
        for family in FAMILIES:
            yield path, family


def _linear(picture: np.ndarray) -> torch.Tensor:
    return srgb_to_linear(torch.from_numpy(np.ascontiguousarray(picture)).float() / 255)


def _write_csv(path: Path, rows: list[list]) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["photo", "family", "method", "ciede2000", "after_gain", "angle", "moved"])
        writer.writerows(rows)


def _write_sheet(path: Path, rows: list[list[np.ndarray]]) -> None:
    """One line a picture: input, GIMP, OpenCV, both of our methods once, truth."""
    if rows:
        pixels = np.concatenate([np.concatenate(row, 1) for row in rows])
        Image.fromarray(pixels[::2, ::2]).save(path, quality=90)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=None)
    parser.add_argument("--output", type=Path, default=Path("runs/evaluation"))
    parser.add_argument("--photos", type=int, default=0, help="evenly spread; 0 = all")
    parser.add_argument("--sheet-photos", type=int, default=4)
    parser.add_argument("--methods", nargs="*", default=METHODS)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
