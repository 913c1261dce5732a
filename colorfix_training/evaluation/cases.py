"""The pictures of the benchmark: the same at every call.

`drawn_as_in_training` gives other photographs and other draws of the families that networks are
trained on. `never_in_training` gives families whose generators no training uses: cameras emulated
by the nearest neighbor alone, looks of other repositories, other collections under water, and
lights and film with formulas of their own (`unseen_cases`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from colorfix_core.color.lab import linear_to_srgb, srgb_to_linear
from colorfix_core.pixels.thumbnail import SIDE
from colorfix_training.data import looks, underwater
from colorfix_training.data.cameras import Cameras, render
from colorfix_training.data.distortions import distort, quantize
from colorfix_training.data.flat_pictures import recompressed
from colorfix_training.data.photos import list_photos, load_photo
from colorfix_training.evaluation import unseen_cases

TRAINED_FAMILIES = ("mild", "light", "grade", "film", "two_lights", "none")
_GENERATED = (
    unseen_cases.illuminant,
    unseen_cases.gel,
    unseen_cases.lamp_and_window,
    unseen_cases.side_absorptions,
)
# Training draws from seeds of two numbers, so no picture of the benchmark can occur in it.
_SEED, _UNSEEN_SEED = 20_000_000, 40_000_000


class Case(NamedTuple):
    """A picture to be measured on, (224, 224, 3) uint8 each."""

    name: str
    family: str
    ruined: np.ndarray
    truth: np.ndarray


def drawn_as_in_training(images: Path, count: int = 0) -> Iterator[Case]:
    """Photographs, evenly spread (0: all), in each family that trainings draw from."""
    for path in _spread(images, count):
        for family in TRAINED_FAMILIES:
            yield make_case(path, family)


def make_case(path: Path, family: str) -> Case:
    """A photo and its distorted copy; depends on names only."""
    photo = _square(load_photo(path))
    name = int.from_bytes(hashlib.sha256(f"{path.name} {family}".encode()).digest()[:4])
    ruined = distort(photo, np.random.default_rng((_SEED, name, 0)), family)
    return Case(path.name, family, ruined, photo)


def never_in_training(
    images: Path,
    count: int,
    cameras: Path | None = None,
    look_tables: Path | None = None,
    water: Path | None = None,
) -> Iterator[Case]:
    """Every family on the same photos, then the pairs under water; None leaves a family out."""
    emulator = Cameras(cameras) if cameras else None
    tables = looks.load_looks(look_tables, held_out=True) if look_tables else None
    for index, path in enumerate(_spread(images, count)):
        truth = _square(load_photo(path))
        rng = np.random.default_rng((_UNSEEN_SEED, index))
        scene = srgb_to_linear(torch.from_numpy(truth).float() / 255)
        ruined = {f.__name__: f(scene, rng) for f in _GENERATED}
        encoded = linear_to_srgb(scene)
        if emulator:
            ruined["camera"] = _by_camera(encoded, emulator, index)
        if tables is not None:
            ruined["look"] = looks.apply_look(encoded, tables[int(rng.integers(len(tables)))])
        ruined["none"] = encoded
        for family, picture in ruined.items():
            yield Case(path.name, family, recompressed(quantize(picture), rng), truth)
    for number, pair in enumerate(underwater.load_pairs(water, held_out=True) if water else []):
        yield Case(f"pair {number}", "water", *map(_square, pair))


def _by_camera(encoded: Tensor, emulator: Cameras, index: int) -> Tensor:
    """What the most similar picture's camera makes of this one, each setting in turn."""
    setting = emulator.maps(encoded.numpy(), neighbors=1)[index % emulator.settings]
    return torch.from_numpy(render(encoded.numpy(), setting))


def _spread(images: Path, count: int) -> list[Path]:
    photos = list_photos(images)
    return photos[:: max(1, len(photos) // count)][:count] if count else photos


def _square(photo: np.ndarray) -> np.ndarray:
    return np.array(Image.fromarray(photo).resize((SIDE, SIDE), Image.Resampling.BOX))
