"""A folder of photographs held in memory, and the crops that training draws from it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}


def list_photos(folder: Path) -> list[Path]:
    """All pictures below `folder`, sorted; raises FileNotFoundError when there are none."""
    paths = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in _SUFFIXES)
    if not paths:
        raise FileNotFoundError(f"no pictures below {folder}")
    return paths


def load_photos(folder: Path, short_side: int = 256) -> list[np.ndarray]:
    """Decode every picture below `folder`: HxWx3 uint8, sRGB, reduced to `short_side`."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda path: load_photo(path, short_side), list_photos(folder)))


def load_photo(path: Path, short_side: int | None = None) -> np.ndarray:
    """Decode one picture upright: HxWx3 uint8, sRGB, never enlarged."""
    with Image.open(path) as file:
        picture = ImageOps.exif_transpose(file).convert("RGB")
        if short_side and min(picture.size) > short_side:
            scale = short_side / min(picture.size)
            width, height = (max(1, round(side * scale)) for side in picture.size)
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        return np.asarray(picture)


def random_crop(photo: np.ndarray, rng: np.random.Generator, size: int = 224) -> np.ndarray:
    """The photo or part of it, half of them flipped, (size, size, 3) uint8.

    It is squeezed to a square as the product does, which mostly sees whole photos.
    """
    height, width = photo.shape[:2]
    area = rng.uniform(0.45, 1.0) ** 0.5 if rng.random() < 0.5 else 1.0
    h, w = (max(16, round(side * area * rng.uniform(0.9, 1.0))) for side in (height, width))
    top, left = rng.integers(height - h + 1), rng.integers(width - w + 1)
    part = Image.fromarray(photo[top : top + h, left : left + w])
    crop = np.asarray(part.resize((size, size), Image.Resampling.BILINEAR))
    return crop[:, ::-1].copy() if rng.random() < 0.5 else crop.copy()
