"""Benchmark: python -m colorfix_training.evaluate --images DIR

Photos x distortion families, every method on the same pictures, the same pictures every time.
Writes results.csv, table.md, sheet.jpg and iterations.png. The distortions are drawn as they are in
training; `evaluate_unseen` measures on others.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from colorfix_core import ColorFixer
from colorfix_core.fixer import METHODS
from colorfix_training.evaluation import peers
from colorfix_training.evaluation.cases import FAMILIES, list_cases, make_case
from colorfix_training.evaluation.ceilings import best_lattice, best_matrix
from colorfix_training.evaluation.plots import plot_iterations
from colorfix_training.evaluation.scores import measure
from colorfix_training.evaluation.table import STEPS, format_table, write_csv

# Columns of the sheet between input and truth; a method of ours only where it is measured.
_SHOWN = ("gimp_auto_white_balance", "opencv_learning", *(f"{method} x1" for method in METHODS))


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    options.output.mkdir(parents=True, exist_ok=True)
    fixer = ColorFixer.load("cpu", options.models)
    rows, sheet = [], []
    cases = list(list_cases(options.images, options.photos))
    for index, (path, family) in enumerate(tqdm(cases, unit="picture", disable=None)):
        photo, ruined = make_case(path, family)
        results = correct_all(ruined, photo, fixer, options.methods)
        for method, result in results.items():
            moved = measure(result, ruined)[0]
            rows.append([path.name, family, method, *measure(result, photo), moved])
        if index // len(FAMILIES) < options.sheet_photos:
            left_out = {f"{method} x1" for method in METHODS if method not in options.methods}
            shown = [results[name] for name in _SHOWN if name not in left_out]
            sheet.append([ruined, *shown, photo])
    write_csv(options.output / "results.csv", rows)
    table = format_table(rows)
    (options.output / "table.md").write_text(table)
    _write_sheet(options.output / "sheet.jpg", sheet)
    plot_iterations(rows, options.output / "iterations.png")
    print(table)


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
