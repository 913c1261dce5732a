"""What no light of the scene explains: flat colors, frames, screens and lamps, many JPEGs."""

import io

import numpy as np
from PIL import Image

Rng = np.random.Generator


def posterized(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """The picture in 4 to 24 flat colors, like a drawing; (H, W, 3) uint8 in and out."""
    image = Image.fromarray(picture).quantize(int(rng.integers(4, 25)), Image.Quantize.MEDIANCUT)
    return np.array(image.convert("RGB"))


def bordered(pictures: list[np.ndarray], rng: Rng) -> list[np.ndarray]:
    """The same black, gray or white frame around each of several (H, W, 3) uint8 pictures."""
    height, width = pictures[0].shape[:2]
    top, bottom = (rng.uniform(0, 0.16, 2) * height).astype(int)
    left, right = (rng.uniform(0, 0.16, 2) * width * (rng.random() < 0.6)).astype(int)
    tone = int(rng.choice([0, 0, 12, 128, 255]))
    framed = []
    for picture in pictures:
        frame = np.full_like(picture, tone)
        inside = slice(top, height - bottom), slice(left, width - right)
        frame[inside] = picture[inside]
        framed.append(frame)
    return framed


def with_lamps(pictures: list[np.ndarray], rng: Rng) -> list[np.ndarray]:
    """One to four lamps or screens, overexposed to white, in each of several such pictures.

    They shine by themselves, so that they are white whatever the light on the scene.
    """
    height, width = pictures[0].shape[:2]
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
    share = np.zeros((height, width))
    for _ in range(rng.integers(1, 5)):
        size = rng.uniform(0.02, 0.16, 2)
        away = np.abs(np.stack([y, x]) - rng.uniform(0, 1, (2, 1, 1))) / size.reshape(2, 1, 1)
        distance = away.max(0) if rng.random() < 0.4 else np.hypot(*away)
        share = np.maximum(share, np.clip((1 - distance) / rng.uniform(0.05, 0.6), 0, 1))
    white = rng.uniform(235, 255) * share[..., None]
    return [(p * (1 - share[..., None]) + white).round().astype(np.uint8) for p in pictures]


def recompressed(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Zero to three generations of JPEG; (H, W, 3) uint8 in and out."""
    for _ in range(rng.choice([0, 1, 2, 3], p=[0.4, 0.4, 0.1, 0.1])):
        stream = io.BytesIO()
        quality, chroma = int(rng.uniform(40, 96)), int(rng.choice([0, 2]))
        Image.fromarray(picture).save(stream, "JPEG", quality=quality, subsampling=chroma)
        picture = np.array(Image.open(stream))
    return picture
