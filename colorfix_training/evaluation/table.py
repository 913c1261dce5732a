"""The benchmark's rows as a table in Markdown and as a file."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from colorfix_training.evaluation.scores import Scores


class Row(NamedTuple):
    """One method on one picture."""

    picture: str
    family: str
    method: str
    scores: Scores


def format_table(rows: list[Row], hidden: tuple[str, ...] = ()) -> str:
    """Markdown: mean CIEDE2000 of each method in each family, then the summary columns.

    These are means over all casts but the median, the mean of the worst 5 %, and the last: how
    far pictures without a cast are moved. Methods in `hidden` are left out.
    """
    groups: dict[tuple[str, str], list[Scores]] = defaultdict(list)
    for row in rows:
        groups[row.method, row.family].append(row.scores)
        if row.family != "none":
            groups[row.method, "casts"].append(row.scores)
    methods = [m for m in dict.fromkeys(row.method for row in rows) if m not in hidden]
    columns = [*dict.fromkeys(row.family for row in rows), "casts"]
    head = [*columns, *_SUMMARY]
    lines = ["| method | " + " | ".join(head) + " |", "| --- |" + " ---: |" * len(head)]
    for method in methods:
        cells = [float(np.mean([s.ciede2000 for s in groups[method, f]])) for f in columns]
        cells += _summary(groups[method, "casts"], groups[method, "none"])
        lines.append(f"| {method} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    return "\n".join(lines) + "\n"


_SUMMARY = ("median", "worst 5 %", "after gain", "angle", "chroma", "luminance", "none moved by")


def _summary(casts: list[Scores], none: list[Scores]) -> list[float]:
    errors = np.sort([scores.ciede2000 for scores in casts])
    means = np.mean(np.array(casts), 0)
    return [
        float(np.median(errors)),
        float(errors[-max(1, len(errors) // 20) :].mean()),
        *(float(means[Scores._fields.index(name)]) for name in ("after_gain", "angle")),
        *(float(means[Scores._fields.index(name)]) for name in ("chroma", "luminance")),
        float(np.mean([scores.moved for scores in none])),
    ]


def write_csv(path: Path, rows: list[Row]) -> None:
    """A line for each method on each picture."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["picture", "family", "method", *Scores._fields])
        writer.writerows([*row[:3], *row.scores] for row in rows)
