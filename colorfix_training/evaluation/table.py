"""The benchmark's rows as a table in Markdown and as a file."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from colorfix_training.evaluation.scores import Scores
from colorfix_training.evaluation.skin import TONES


class Row(NamedTuple):
    """One method on one picture."""

    picture: str
    family: str
    method: str
    scores: Scores


def format_table(rows: list[Row], hidden: tuple[str, ...] = ()) -> str:
    """Markdown: mean CIEDE2000 of each method in each family, then the summary columns.

    These are over all casts but the last: how far pictures without a cast are moved. Methods in
    `hidden` are left out.
    """
    groups = _groups(rows)
    methods = [m for m in dict.fromkeys(row.method for row in rows) if m not in hidden]
    columns = [*dict.fromkeys(row.family for row in rows), "casts"]
    head = ["method", *columns, *_SUMMARY]
    cells: list[list[str | float]] = []
    for method in methods:
        means = [_mean(groups[method, f], "ciede2000") for f in columns]
        cells.append([method, *means, *_summary(groups[method, "casts"], groups[method, "none"])])
    return _markdown(head, cells)


def format_families(rows: list[Row], method: str, peers: list[str], best: str = "") -> str:
    """Markdown: everything that is measured of one method, a line for each family.

    Parameters
    ----------
    peers : methods among which the best one of each family is named
    best : method whose error stands as that of the best candidate
    """
    groups = _groups(rows)
    head = ["family", "first", *(["best candidate"] if best else []), "best peer", "of that",
            "chroma", "luminance", "noise L*", "noise a*", "noise b*", "band",
            "faces", "plausible", *TONES]  # fmt: skip
    cells: list[list[str | float]] = []
    for family in [*dict.fromkeys(row.family for row in rows), "casts"]:
        scores = groups[method, family]
        first = _mean(scores, "ciede2000")
        line: list[str | float] = [family, first]
        if best:
            line.append(_mean(groups[best, family], "ciede2000"))
        rivals = {peer: _mean(groups[peer, family], "ciede2000") for peer in peers}
        winner = min(rivals, key=lambda name: rivals[name]) if rivals else ""
        share = first / rivals[winner] if rivals else float("nan")
        line += [f"{rivals[winner]:.2f} {winner}" if rivals else "", share]
        line += [_mean(scores, name) for name in _SEEN]
        line += [str(sum(_count(scores, f"{tone}_faces") for tone in TONES))]
        line += [plausible(scores), *(plausible(scores, (tone,)) for tone in TONES)]
        cells.append(line)
    return _markdown(head, cells)


def plausible(scores: list[Scores], tones: tuple[str, ...] = TONES) -> float:
    """The share of the faces of these tones that have a color of skin; NaN without faces."""
    faces = sum(_count(scores, f"{tone}_faces") for tone in tones)
    good = sum(_count(scores, f"{tone}_plausible") for tone in tones)
    return good / faces if faces else float("nan")


_SUMMARY = (
    "median", "worst 5 %", "after gain", "angle", "chroma", "luminance", "noise L*", "noise a*",
    "noise b*", "band", "plausible faces", "none moved by",
)  # fmt: skip
_SEEN = ("chroma", "luminance", "noise_l", "noise_a", "noise_b", "band")


def _groups(rows: list[Row]) -> dict[tuple[str, str], list[Scores]]:
    """By method and family; all families with a cast again as "casts"."""
    groups: dict[tuple[str, str], list[Scores]] = defaultdict(list)
    for row in rows:
        groups[row.method, row.family].append(row.scores)
        if row.family != "none":
            groups[row.method, "casts"].append(row.scores)
    return groups


def _summary(casts: list[Scores], none: list[Scores]) -> list[float]:
    errors = np.sort([scores.ciede2000 for scores in casts])
    return [
        float(np.median(errors)),
        float(errors[-max(1, len(errors) // 20) :].mean()),
        *(_mean(casts, name) for name in ("after_gain", "angle", *_SEEN)),
        plausible(casts),
        _mean(none, "moved"),
    ]


def _mean(scores: list[Scores], name: str) -> float:
    """Over the pictures of which it is known; the geometric mean for noise, which is a ratio."""
    values = np.array([getattr(one, name) for one in scores], float)
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan")
    return float(np.exp(np.log(values).mean()) if name.startswith("noise") else values.mean())


def _count(scores: list[Scores], name: str) -> int:
    return int(sum(getattr(one, name) for one in scores))


def _markdown(head: list[str], cells: list[list[str | float]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(map(_cell, line)) + " |" for line in cells]
    return "\n".join(lines) + "\n"


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return "" if np.isnan(value) else f"{value:.2f}"


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """A line for each method on each picture."""
    lines = [[*row[:3], *row.scores] for row in rows]
    write_lines(path, ["picture", "family", "method", *Scores._fields], lines)


def write_lines(path: Path, head: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """A file of comma-separated values."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(lines)
