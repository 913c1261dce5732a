"""Benchmark: python -m colorfix_training.evaluate --images DIR

Photos x families of distortion, every method on the same pictures, the same pictures every time.
For the families that networks are trained on, and for those that no training has drawn
(`unseen`), it writes results.csv, candidates.csv, table.md, reliability.png and iterations.png;
and a sheet.jpg. Peers, ceilings and faces are remembered in --cache.

With --blind OUT --compare A B it writes pairs of pictures to be judged by eye instead, and with
--blind OUT --judgments FILE it counts the judgments (`evaluation/blind`). A and B are each METHOD,
FOLDER of weights, FOLDER:METHOD, or FOLDER:METHOD:THOROUGHNESS.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from colorfix_core import ColorFixer
from colorfix_core.fixer import METHODS
from colorfix_training.evaluation import blind
from colorfix_training.evaluation.cache import Cache
from colorfix_training.evaluation.cases import (
    UNSEEN_FAMILIES,
    Case,
    drawn_as_in_training,
    never_in_training,
    spread,
)
from colorfix_training.evaluation.contestants import (
    Choice,
    Other,
    choices,
    others,
    ours,
    peers_among,
)
from colorfix_training.evaluation.judging import Judge
from colorfix_training.evaluation.plots import plot_iterations, plot_reliability
from colorfix_training.evaluation.table import (
    Row,
    format_families,
    format_table,
    write_csv,
    write_lines,
)

HIDDEN = tuple(f"{method} x{step}" for method in METHODS for step in (3, 4))
SHOWN = ("input", "gimp_auto_white_balance", "opencv_learning", "lut x1", "balancer x1")
BEST = "lut, best candidate"


class Report(NamedTuple):
    """What was measured."""

    rows: list[Row]
    choices: list[Choice]


def main() -> None:
    options = _parse()
    torch.set_num_threads(options.threads)
    if options.blind:
        compare_by_eye(options)
        return
    fixer = ColorFixer.load("cpu", options.models)
    rivals, missing = others(options.wb_luts)
    judge = Judge(Cache(options.cache), rivals)
    for sentence in [*missing, *judge.notes]:
        print(sentence)
    if "trained" in options.sets:
        cases = drawn_as_in_training(options.images, options.count)
        report(evaluated(cases, fixer, options.methods, judge, options.iterations), options.output)
        sheet = drawn_as_in_training(options.images, options.sheet_photos)
        write_sheet(options.output / "sheet.jpg", sheet, fixer, options.methods, rivals)
    if "unseen" in options.sets:
        folders = options.cameras, options.looks, options.water
        cases = never_in_training(options.images, options.count, *folders, options.families)
        measured = evaluated(cases, fixer, options.methods, judge, options.iterations)
        report(measured, options.output / "unseen")


def compare_by_eye(options: argparse.Namespace) -> None:
    """Write the pairs, or open the key and count the judgments."""
    if options.judgments:
        for name, times in blind.count(options.judgments, blind.key_of(options.blind)).items():
            print(f"{name}: {times}")
        return
    methods = {spec: by_specification(spec) for spec in options.compare}
    pictures = spread(options.images, options.count)
    key = blind.write_pairs(pictures, methods, options.blind, np.random.default_rng())
    print(f"Judge the pairs in {options.blind} before you open {key}.")


def by_specification(text: str) -> blind.Correct:
    """A function that corrects (H, W, 3) uint8 pictures, from [FOLDER:][METHOD[:THOROUGHNESS]]."""
    parts = text.split(":")
    folder = None if parts[0] in METHODS else Path(parts.pop(0))
    method = parts.pop(0) if parts else METHODS[0]
    thoroughness = float(parts.pop(0)) if parts else 0.5
    fixer = ColorFixer.load("cpu", folder)

    def correct(picture: np.ndarray) -> np.ndarray:
        lut = fixer.predict_steps(picture, method=method, thoroughness=thoroughness).luts[-1]
        return np.asarray(lut.apply(picture))

    return correct


def evaluated(
    cases: Iterable[Case],
    fixer: ColorFixer,
    methods: Sequence[str],
    judge: Judge,
    iterations: int = 1,
) -> Report:
    """Every method on every picture."""
    found = Report([], [])
    for case in tqdm(cases, unit="picture", disable=None):
        scores = judge.scores_of_others(case)
        results = ours(case, fixer, methods, iterations)
        if "lut" in methods:
            candidates = fixer.predict_candidates(case.ruined)
            chances, results[BEST] = choices(case, candidates, judge.error_to(case))
            found.choices.extend(chances)
        scores |= {name: judge.scores(case, result) for name, result in results.items()}
        found.rows.extend(Row(case.name, case.family, name, s) for name, s in scores.items())
    return found


def report(measured: Report, folder: Path) -> None:
    """Write all files but the sheet, and print the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "results.csv", measured.rows)
    write_lines(folder / "candidates.csv", Choice._fields, measured.choices)
    names = list(dict.fromkeys(row.method for row in measured.rows))
    tables = [format_table(measured.rows, HIDDEN)]
    for method in [f"{method} x1" for method in METHODS if f"{method} x1" in names]:
        best = BEST if method == "lut x1" else ""
        families = format_families(measured.rows, method, peers_among(names), best)
        tables.append(f"{method}\n\n{families}")
    text = "\n".join(tables)
    (folder / "table.md").write_text(text)
    print(text)
    plot_iterations(measured.rows, folder / "iterations.png")
    if measured.choices:
        plot_reliability(measured.choices, folder / "reliability.png")


def write_sheet(
    path: Path,
    cases: Iterable[Case],
    fixer: ColorFixer,
    methods: Sequence[str],
    rivals: dict[str, Other],
) -> None:
    """One line a picture: the methods of `SHOWN`, then the truth."""
    lines = []
    for case in cases:
        results = {name: rivals[name].correct(case) for name in SHOWN if name in rivals}
        results |= ours(case, fixer, methods, 1)
        lines.append(line_of_sheet(results, case.truth))
    if lines:
        pixels = np.concatenate([np.concatenate(line, 1) for line in lines])
        Image.fromarray(pixels[::2, ::2]).save(path, quality=90)


def line_of_sheet(results: dict[str, np.ndarray], truth: np.ndarray) -> list[np.ndarray]:
    """The methods of `SHOWN` that took part, and the truth; KeyError for an unknown name."""
    absent = {f"{method} x1" for method in METHODS} - set(results)
    return [*(results[name] for name in SHOWN if name not in absent), truth]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, help="photographs")
    parser.add_argument("--cameras", type=Path, help="arrays of emulated camera settings")
    parser.add_argument("--looks", type=Path, help="tables of looks")
    parser.add_argument("--water", type=Path, help="pairs of pictures under water")
    parser.add_argument("--wb-luts", type=Path, help="arrays of that peer")
    parser.add_argument("--models", type=Path, default=None)
    parser.add_argument("--output", type=Path, default=Path("runs/evaluation"))
    parser.add_argument("--cache", type=Path, default=Path("runs/evaluation-cache"))
    parser.add_argument("--count", type=int, default=0, help="photos, evenly spread; 0 = all")
    parser.add_argument("--sets", nargs="*", default=("trained", "unseen"))
    parser.add_argument("--families", nargs="*", default=UNSEEN_FAMILIES, help="of the unseen")
    parser.add_argument("--sheet-photos", type=int, default=4)
    parser.add_argument("--methods", nargs="*", default=METHODS)
    parser.add_argument("--iterations", type=int, default=5, help="1 is fastest")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--blind", type=Path, help="folder of pairs to be judged by eye")
    parser.add_argument("--compare", nargs=2, default=METHODS, metavar=("A", "B"))
    parser.add_argument("--judgments", type=Path, help="lines of PAIR left|right|same")
    options = parser.parse_args()
    if not options.images and not options.judgments:
        parser.error("--images is missing")
    return options


if __name__ == "__main__":
    main()
