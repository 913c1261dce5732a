"""The pictures of `evaluate`: photographs and the distortions that trainings draw from, too."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from colorfix_core.pixels.thumbnail import SIDE
from colorfix_training.data.distortions import distort
from colorfix_training.data.photos import list_photos, load_photo

FAMILIES = ("mild", "light", "grade", "film", "two_lights", "none")
# Training draws from seeds of two numbers, so no benchmark picture can occur in it.
_SEED = 20_000_000


def list_cases(images: Path, photos: int) -> Iterator[tuple[Path, str]]:
    """Photographs, evenly spread (all of them where `photos` is 0), in every family."""
    listed = list_photos(images)
    for path in listed[:: max(1, len(listed) // photos)] if photos else listed:
        for family in FAMILIES:
            yield path, family


def make_case(path: Path, family: str) -> tuple[np.ndarray, np.ndarray]:
    """A clean photo and its distorted copy, (224, 224, 3) uint8; depends on names only."""
    photo = square(load_photo(path))
    name = int.from_bytes(hashlib.sha256(f"{path.name} {family}".encode()).digest()[:4])
    return photo, distort(photo, np.random.default_rng((_SEED, name, 0)), family)


def square(photo: np.ndarray) -> np.ndarray:
    """Reduce to 224 x 224 by area averaging, as the product does."""
    return np.array(Image.fromarray(photo).resize((SIDE, SIDE), Image.Resampling.BOX))
