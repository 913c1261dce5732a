"""Two methods side by side, in an order that whoever looks does not know.

`write_pairs` writes NAME.jpg for each picture: one method, the picture as it is, the other method.
Which is which stands in a key beside the folder. Judge with the key closed: a text file with a
line for each pair, its number and `left`, `right` or `same`. `count` opens the key.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_training.data.photos import load_photo

SIDE = 512
ANSWERS = ("left", "right", "same")
_GAP = 8
Correct = Callable[[np.ndarray], np.ndarray]


def write_pairs(
    pictures: Iterable[Path], methods: Mapping[str, Correct], folder: Path, rng: np.random.Generator
) -> Path:
    """A JPEG for each picture, at most 512 pixels high and wide a tile; returns the key.

    Parameters
    ----------
    pictures : files
    methods : two, by name, from (H, W, 3) uint8 to the same
    rng : draws the order of the pairs and their sides
    """
    if len(methods) != 2:
        raise ValueError(f"two methods are compared, not {len(methods)}")
    folder.mkdir(parents=True, exist_ok=True)
    shuffled = list(pictures)
    rng.shuffle(shuffled)
    lines = []
    for number, path in enumerate(shuffled, 1):
        photo = _reduced(load_photo(path))
        names = list(methods)
        if rng.random() < 0.5:
            names.reverse()
        left, right = (methods[name](photo) for name in names)
        gap = np.full((len(photo), _GAP, 3), 128, np.uint8)
        row = np.concatenate([left, gap, photo, gap, right], 1)
        Image.fromarray(row).save(folder / f"{number:03}.jpg", quality=92, subsampling=0)
        lines.append([f"{number:03}", *names, path.name])
    key = key_of(folder)
    with key.open("w", newline="") as file:
        csv.writer(file).writerows([["pair", "left", "right", "picture"], *lines])
    return key


def key_of(folder: Path) -> Path:
    """Where the key of a folder of pairs lies: beside it, so that nobody meets it by chance."""
    return folder.with_name(folder.name + "-key.csv")


def count(judgments: Path, key: Path) -> Counter[str]:
    """How often each method was judged better, and how often "same".

    Raises
    ------
    ValueError : a line is not "PAIR left|right|same", or a pair is unknown or judged twice
    """
    with key.open(newline="") as file:
        sides = {row["pair"]: row for row in csv.DictReader(file)}
    total = Counter({name: 0 for row in sides.values() for name in (row["left"], row["right"])})
    total["same"] = 0
    judged: set[str] = set()
    for place, line in enumerate(judgments.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        pair, _, answer = line.replace(":", " ").strip().partition(" ")
        pair, answer = pair.zfill(3), answer.strip().lower()
        if pair not in sides or answer not in ANSWERS or pair in judged:
            raise ValueError(
                f"{judgments}, line {place}: {line!r} is no judgment; write a pair's number and "
                f"one of {', '.join(ANSWERS)}, each pair once."
            )
        judged.add(pair)
        total[answer if answer == "same" else sides[pair][answer]] += 1
    return total


def _reduced(photo: np.ndarray) -> np.ndarray:
    image = Image.fromarray(photo)
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.array(image)
