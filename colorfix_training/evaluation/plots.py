"""Curves that show how a training went and what iterations do.

python -m colorfix_training.evaluation.plots runs/predictor/log.jsonl learning.png
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from colorfix_training.evaluation.table import Row

if TYPE_CHECKING:  # matplotlib takes its time, and only those who draw need it
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from colorfix_training.evaluation.contestants import Choice


def plot_learning(log: Path, output: Path) -> None:
    """Every quantity in a training's log against its steps, smoothed over 20 entries."""
    curves = defaultdict(list)
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        for name in entry.keys() - {"step", "seconds", "shards", "families"}:
            curves[name].append((entry["step"], entry[name]))
    figure, axes = _figure("steps", "error")
    for name, points in sorted(curves.items()):
        steps, values = np.array(points).T
        if not name.startswith("validation"):
            steps, values = (_running_mean(v, min(20, len(v))) for v in (steps, values))
        axes.plot(steps, values, label=name.replace("_", " "))
    axes.set_yscale("log")
    for formatted in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        formatted("{x:g}")
    axes.legend()
    figure.savefig(output)


def plot_iterations(rows: list[Row], output: Path) -> None:
    """Mean CIEDE2000 of our methods against the number of iterations, casts and clean photos.

    Parameters
    ----------
    rows : those with methods called "name xN" and "input"; others are passed over
    """
    curves: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, family, method, scores in rows:
        error = scores.ciede2000
        name, _, step = method.rpartition(" x")
        kind = "no cast" if family == "none" else "casts"
        if method == "input":
            curves["", kind][0].append(error)
        elif step.isdigit():
            curves[name, kind][int(step)].append(error)
    figure, axes = _figure("iterations", "mean CIEDE2000")
    for (name, kind), by_step in curves.items():
        if name:
            points = {0: curves["", kind][0], **by_step}
            style = "--" if kind == "no cast" else "-"
            axes.plot(list(points), [np.mean(v) for v in points.values()], style, marker="o",
                      label=f"{name}, {kind}")  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.legend()
    figure.savefig(output)


def plot_reliability(choices: Sequence[Choice], output: Path, bins: int = 8) -> float:
    """How often a candidate is the best of its picture, against the probability it was given.

    Groups of equally many candidates; on the diagonal the probabilities are true ones. Returns
    how far from it they are on average: the expected calibration error, in [0, 1].
    """
    best: dict[tuple[str, str], Choice] = {}
    for choice in choices:
        found = best.setdefault((choice.picture, choice.family), choice)
        if choice.ciede2000 < found.ciede2000:
            best[choice.picture, choice.family] = choice
    given = np.array([choice.probability for choice in choices])
    right = np.array([best[choice.picture, choice.family] is choice for choice in choices])
    groups = [g for g in np.array_split(np.argsort(given, kind="stable"), bins) if len(g)]
    stated, met = (np.array([values[g].mean() for g in groups]) for values in (given, right))
    sizes = np.array([len(group) for group in groups])
    figure, axes = _figure("probability", "share in which it is the best")
    axes.plot([0, 1], [0, 1], "--", color="gray")
    axes.errorbar(stated, met, np.sqrt(met * (1 - met) / sizes), marker="o", capsize=3)
    off = float((np.abs(stated - met) * sizes).sum() / sizes.sum())
    axes.set_title(f"{len(given)} candidates, calibration error {off:.2f}")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    figure.savefig(output)
    return off


def _figure(x: str, y: str) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), dpi=100, layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    return figure, axes


def _running_mean(values: np.ndarray, count: int) -> np.ndarray:
    return np.convolve(values, np.full(count, 1 / count), "valid")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    plot_learning(options.log, options.output)


if __name__ == "__main__":
    main()
