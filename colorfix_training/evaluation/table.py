"""The figures of `evaluate` as a table and as a file."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from colorfix_core.fixer import METHODS
from colorfix_training.evaluation.cases import FAMILIES

STEPS = (1, 2, 3, 4, 5)
STEPS_IN_TABLE = (1, 2, 5)


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


def write_csv(path: Path, rows: list[list]) -> None:
    """One line for each picture and method."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["photo", "family", "method", "ciede2000", "after_gain", "angle", "moved"])
        writer.writerows(rows)
