"""Benchmark: python -m colorfix_training.evaluate --images DIR

Photos x distortion families, every method on the same pictures, the same pictures every time.
Writes, for the families that networks are trained on and for those that no training has drawn
(`unseen`), results.csv and table.md; and sheet.jpg and iterations.png.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from colorfix_core import ColorFixer
from colorfix_core.fixer import METHODS
from colorfix_training.evaluation import peers
from colorfix_training.evaluation.cases import (
    TRAINED_FAMILIES,
    Case,
    drawn_as_in_training,
    never_in_training,
)
from colorfix_training.evaluation.ceilings import best_lattice, best_matrix
from colorfix_training.evaluation.plots import plot_iterations
from colorfix_training.evaluation.scores import measure
from colorfix_training.evaluation.table import Row, format_table, write_csv
from colorfix_training.evaluation.wb_luts import WbLuts

STEPS = (1, 2, 3, 4, 5)
HIDDEN = tuple(f"{method} x{step}" for method in METHODS for step in (3, 4))
SHOWN = ("input", "gimp_auto_white_balance", "opencv_learning", "lut x1", "balancer x1")
Peer = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    fixer = ColorFixer.load("cpu", options.models)
    others = peers.METHODS | ({"WB LUTs": WbLuts(options.wb_luts)} if options.wb_luts else {})
    own = drawn_as_in_training(options.images, options.photos)
    rows, sheet = evaluated(own, fixer, options.methods, others, options.sheet_photos)
    report(rows, options.output)
    write_sheet(options.output / "sheet.jpg", sheet)
    plot_iterations(rows, options.output / "iterations.png")
    folders = options.cameras, options.looks, options.water
    unseen = never_in_training(options.images, options.photos, *folders)
    rows, _ = evaluated(unseen, fixer, options.methods, others)
    report(rows, options.output / "unseen")


def evaluated(
    cases: Iterable[Case],
    fixer: ColorFixer,
    ours: tuple[str, ...],
    others: dict[str, Peer],
    sheet_photos: int = 0,
) -> tuple[list[Row], list[list[np.ndarray]]]:
    """Every method on every picture, and lines of pictures for a sheet of the first photos."""
    rows: list[Row] = []
    sheet: list[list[np.ndarray]] = []
    for index, case in enumerate(tqdm(cases, unit="picture", disable=None)):
        results = correct_all(case, fixer, ours, others)
        for method, result in results.items():
            scores = measure(result, case.truth, case.ruined)
            rows.append(Row(case.name, case.family, method, scores))
        if index < sheet_photos * len(TRAINED_FAMILIES):
            sheet.append(line_of_sheet(results, case.truth))
    return rows, sheet


def correct_all(
    case: Case, fixer: ColorFixer, ours: tuple[str, ...], others: dict[str, Peer]
) -> dict[str, np.ndarray]:
    """Every method's result, (224, 224, 3) uint8 like the input."""
    results = {"input": case.ruined}
    results |= {name: method(case.ruined) for name, method in others.items()}
    for method in ours:
        luts = fixer.predict_steps(case.ruined, max(STEPS), method).luts
        results |= {f"{method} x{step}": luts[step - 1].apply(case.ruined) for step in STEPS}
    results["ceiling: matrix"] = best_matrix(case.ruined, case.truth)
    results["ceiling: lattice"] = best_lattice(case.ruined, case.truth)
    return results


def line_of_sheet(results: dict[str, np.ndarray], truth: np.ndarray) -> list[np.ndarray]:
    """The methods of `SHOWN` that took part, and the truth; KeyError for an unknown name."""
    absent = {f"{method} x1" for method in METHODS} - set(results)
    return [*(results[name] for name in SHOWN if name not in absent), truth]


def report(rows: list[Row], folder: Path) -> None:
    """Write results.csv and table.md, and print the table."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "results.csv", rows)
    table = format_table(rows, HIDDEN)
    (folder / "table.md").write_text(table)
    print(table)


def write_sheet(path: Path, lines: list[list[np.ndarray]]) -> None:
    """One line a picture: the methods of `SHOWN`, then the truth."""
    if lines:
        pixels = np.concatenate([np.concatenate(line, 1) for line in lines])
        Image.fromarray(pixels[::2, ::2]).save(path, quality=90)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--cameras", type=Path, help="arrays of emulated camera settings")
    parser.add_argument("--looks", type=Path, help="tables of looks")
    parser.add_argument("--water", type=Path, help="pairs of pictures under water")
    parser.add_argument("--wb-luts", type=Path, help="arrays of that peer")
    parser.add_argument("--models", type=Path, default=None)
    parser.add_argument("--output", type=Path, default=Path("runs/evaluation"))
    parser.add_argument("--photos", type=int, default=0, help="evenly spread; 0 = all")
    parser.add_argument("--sheet-photos", type=int, default=4)
    parser.add_argument("--methods", nargs="*", default=METHODS)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
