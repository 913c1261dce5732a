"""Measure on what no training has drawn: python -m colorfix_training.evaluate_unseen

    --images PHOTOS --cameras DIR --looks DIR --water DIR --models old=DIR new=DIR

Pictures are made once and kept; so are the figures of every method, by the hash of its weights.
Writes figures.json and table.md. Cameras are emulated with the nearest neighbor alone, in all
settings; looks come from repositories, and pairs under water from collections, which no training
sees; lights and film have generators of their own (`unseen_cases`).
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from tqdm import tqdm

from colorfix_core import ColorFixer
from colorfix_core.color.lab import linear_to_srgb
from colorfix_training.data import looks, underwater
from colorfix_training.data.cameras import Cameras, render
from colorfix_training.data.distortions import quantise
from colorfix_training.data.flat_pictures import recompressed
from colorfix_training.data.photos import list_photos, load_photo
from colorfix_training.evaluation import peers, unseen_cases
from colorfix_training.evaluation.cases import square
from colorfix_training.evaluation.scores import Kept, kept, to_linear
from colorfix_training.evaluation.wb_luts import WbLuts

Method = Callable[[np.ndarray], np.ndarray]
_SEED = 40_000_000
_GENERATED = (unseen_cases.illuminant, unseen_cases.gel, unseen_cases.lamp_and_window,
              unseen_cases.side_absorptions)  # fmt: skip


class Case(NamedTuple):
    """A picture to be measured on, (224, 224, 3) uint8 each."""

    family: str
    spoiled: np.ndarray
    truth: np.ndarray


def main() -> None:
    options = _parse()
    torch.set_num_threads(1)
    options.output.mkdir(parents=True, exist_ok=True)
    cases = list(kept_cases(options))
    figures = options.output / "figures.json"
    known = json.loads(figures.read_text()) if figures.exists() else {}
    for name, key, method in methods(options):
        if known.get(name, {}).get("key") != key:
            known[name] = {"key": key, "families": measured(method, cases, name)}
            figures.write_text(json.dumps(known, indent=1))
    table = format_table(known)
    (options.output / "table.md").write_text(table)
    print(table)


def kept_cases(options: argparse.Namespace) -> Iterator[Case]:
    """All pictures, made at the first call and read from disk after it."""
    file = options.output / "cases.npz"
    if not file.exists():
        made = list(make_cases(options))
        columns = (np.stack(column) for column in zip(*made, strict=True))
        np.savez(file, **dict(zip(Case._fields, columns, strict=True)))
    with np.load(file) as arrays:
        for row in zip(*(arrays[name] for name in Case._fields), strict=True):
            yield Case(str(row[0]), *row[1:])


def make_cases(options: argparse.Namespace) -> Iterator[Case]:
    """Every family on the same photos, then the pairs under water."""
    photos = list_photos(options.images)
    cameras, tables = Cameras(options.cameras), looks.load_looks(options.looks, held_out=True)
    chosen = photos[:: max(1, len(photos) // options.photos)][: options.photos]
    for index, path in enumerate(chosen):
        truth = square(load_photo(path))
        rng = np.random.default_rng((_SEED, index))
        scene = to_linear(truth)
        encoded = linear_to_srgb(scene)
        setting = cameras.maps(encoded.numpy(), neighbors=1)[index % cameras.settings]
        spoiled = {f.__name__: f(scene, rng) for f in _GENERATED}
        spoiled["camera"] = torch.from_numpy(render(encoded.numpy(), setting))
        spoiled["look"] = looks.apply_look(encoded, tables[int(rng.integers(len(tables)))])
        spoiled["none"] = encoded
        for family, picture in spoiled.items():
            yield Case(family, recompressed(quantise(picture), rng), truth)
    for pair in underwater.load_pairs(options.water, held_out=True):
        yield Case("water", *map(square, pair))


def methods(options: argparse.Namespace) -> Iterator[tuple[str, str, Method]]:
    """(name, key that changes with the method, method)."""
    yield "input", "", lambda picture: picture
    for name, method in peers.METHODS.items():
        yield name, "", method
    if options.wb_luts:
        yield "WB LUTs", "", WbLuts(options.wb_luts)
    for argument in options.models:
        name, folder = argument.split("=", 1)
        fixer = ColorFixer.load("cpu", Path(folder))
        key = hashlib.sha256(json.dumps(fixer.describe()).encode()).hexdigest()[:16]
        for method in options.methods:
            yield f"{name} {method}", key, _ours(fixer, method)


def _ours(fixer: ColorFixer, method: str) -> Method:
    return lambda picture: fixer.predict(picture, method=method).apply(picture)


def measured(method: Method, cases: list[Case], name: str) -> dict[str, list[float]]:
    """Means of `Kept` in each family."""
    found: dict[str, list[Kept]] = {}
    for case in tqdm(cases, desc=name, unit="picture", disable=None):
        result = method(case.spoiled)
        found.setdefault(case.family, []).append(kept(result, case.truth, case.spoiled))
    return {family: [float(v) for v in np.mean(rows, 0)] for family, rows in found.items()}


def format_table(known: dict[str, dict]) -> str:
    """Markdown: CIEDE2000 of each method in each family, ratios as means over the casts."""
    families = list(next(iter(known.values()))["families"])
    casts = [family for family in families if family != "none"]
    head = [*families, "casts", "chroma", "luminance", "of input"]
    lines = ["| method | " + " | ".join(head) + " |", "| --- |" + " ---: |" * len(head)]
    for name, entry in known.items():
        rows = entry["families"]
        means = np.mean([rows[family] for family in casts], 0)
        cells = [rows[family][0] for family in families] + list(means)
        lines.append(f"| {name} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--cameras", type=Path, required=True)
    parser.add_argument("--looks", type=Path, required=True)
    parser.add_argument("--water", type=Path, required=True)
    parser.add_argument("--wb-luts", type=Path, help="arrays of that peer")
    parser.add_argument("--models", nargs="*", default=["ours=models"], help="NAME=FOLDER ...")
    parser.add_argument("--methods", nargs="*", default=["lut"])
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--output", type=Path, default=Path("runs/honest"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
