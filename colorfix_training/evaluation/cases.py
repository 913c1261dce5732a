"""The pictures of the benchmark: the same at every call.

`drawn_as_in_training` gives other photographs and other draws of the families that networks are
trained on. `never_in_training` gives families whose generators no training uses: cameras emulated
by the nearest neighbor alone, looks of other repositories, other collections under water, and
lights and film with formulas of their own (`unseen_cases`, `mixed_lights`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
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
from colorfix_training.evaluation import mixed_lights, unseen_cases
from colorfix_training.evaluation.mixed_lights import Mixture

Spoiler = Callable[[Tensor, np.random.Generator], Tensor | Mixture]

TRAINED_FAMILIES = ("mild", "light", "grade", "film", "two_lights", "none")
_LIGHTS_AND_FILM = (
    unseen_cases.illuminant,
    unseen_cases.gel,
    unseen_cases.side_absorptions,
    unseen_cases.scanned_dyes,
)
_MIXED = (mixed_lights.lamp_and_window, mixed_lights.soft_lights, mixed_lights.hard_lights)
UNSEEN_FAMILIES = (
    *(f.__name__ for f in (*_LIGHTS_AND_FILM, *_MIXED)), "camera", "look", "none", "water",
)  # fmt: skip
# Training draws from seeds of two numbers, so no picture of the benchmark can occur in it.
_SEED, _UNSEEN_SEED = 20_000_000, 60_000_000


class Case(NamedTuple):
    """A picture to be measured on."""

    name: str
    family: str
    ruined: np.ndarray  # (224, 224, 3) uint8
    truth: np.ndarray  # (224, 224, 3) uint8
    photo: np.ndarray | None = None  # the truth as it was, (H, W, 3) uint8, to find faces in
    band: np.ndarray | None = None  # (224, 224) bool, where two lights mix


def drawn_as_in_training(images: Path, count: int = 0) -> Iterator[Case]:
    """Photographs, evenly spread (0: all), in each family that trainings draw from."""
    for path in spread(images, count):
        for family in TRAINED_FAMILIES:
            yield make_case(path, family)


def make_case(path: Path, family: str) -> Case:
    """A photo and its distorted copy; depends on names only."""
    photo = load_photo(path)
    truth = _square(photo)
    ruined = distort(truth, np.random.default_rng((_SEED, _number(path, family), 0)), family)
    return Case(path.name, family, ruined, truth, photo)


def never_in_training(
    images: Path,
    count: int,
    cameras: Path | None = None,
    look_tables: Path | None = None,
    water: Path | None = None,
    families: Collection[str] = UNSEEN_FAMILIES,
) -> Iterator[Case]:
    """Every family on the same photos, then the pairs under water; None leaves a family out."""
    spoil = _spoilers(cameras, look_tables)
    for path in spread(images, count):
        photo = load_photo(path)
        truth = _square(photo)
        scene = srgb_to_linear(torch.from_numpy(truth).float() / 255)
        for family in [f for f in spoil if f in families]:
            rng = np.random.default_rng((_UNSEEN_SEED, _number(path, family)))
            made = spoil[family](scene, rng)
            picture, band = (
                (made.picture, made.band()) if isinstance(made, Mixture) else (made, None)
            )
            ruined = recompressed(quantize(picture), rng)
            yield Case(path.name, family, ruined, truth, photo, band)
    if water and "water" in families:
        for number, (ruined, photo) in enumerate(underwater.load_pairs(water, held_out=True)):
            yield Case(f"pair {number}", "water", _square(ruined), _square(photo), photo)


def _spoilers(cameras: Path | None, look_tables: Path | None) -> dict[str, Spoiler]:
    """By family: linear scene and random generator to an encoded picture, or a mixture."""
    spoil: dict[str, Spoiler] = {f.__name__: f for f in (*_LIGHTS_AND_FILM, *_MIXED)}
    if cameras:
        emulator = Cameras(cameras)
        spoil["camera"] = lambda scene, rng: _by_camera(linear_to_srgb(scene), emulator, rng)
    if look_tables:
        tables = looks.load_looks(look_tables, held_out=True)
        spoil["look"] = lambda scene, rng: looks.apply_look(
            linear_to_srgb(scene), tables[int(rng.integers(len(tables)))]
        )
    return spoil | {"none": lambda scene, rng: linear_to_srgb(scene)}


def _by_camera(encoded: Tensor, emulator: Cameras, rng: np.random.Generator) -> Tensor:
    """What the most similar picture's camera makes of this one, at a setting drawn at random."""
    setting = emulator.maps(encoded.numpy(), neighbors=1)[rng.integers(emulator.settings)]
    return torch.from_numpy(render(encoded.numpy(), setting))


def _number(path: Path, family: str) -> int:
    """The same for the same names, wherever the photo lies and whatever else is measured."""
    return int.from_bytes(hashlib.sha256(f"{path.name} {family}".encode()).digest()[:4])


def spread(images: Path, count: int) -> list[Path]:
    """As many photographs of a folder, evenly spread over their names; 0 is all of them."""
    photos = list_photos(images)
    return photos[:: max(1, len(photos) // count)][:count] if count else photos


def _square(photo: np.ndarray) -> np.ndarray:
    return np.array(Image.fromarray(photo).resize((SIDE, SIDE), Image.Resampling.BOX))
