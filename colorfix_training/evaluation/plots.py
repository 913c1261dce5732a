"""Curves that show how a training went and what iterations do.

python -m colorfix_training.evaluation.plots runs/predictor/log.jsonl learning.png
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from colorfix_training.evaluation.table import Row

if TYPE_CHECKING:  # matplotlib takes its time, and only those who draw need it
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
