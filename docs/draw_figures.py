"""Draw the pictures of the model card from the photographs that scikit-image ships.

python docs/draw_figures.py                 all of them
python docs/draw_figures.py recursion       some: lights, failures, before_and_after, recursion
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from skimage import data

from colorfix_core import ColorFixer
from colorfix_core.color.lab import linear_to_srgb, srgb_to_linear
from colorfix_core.fixer import MAX_ITERATIONS, METHODS
from colorfix_training.evaluation.plots import plot_iterations
from colorfix_training.evaluation.scores import measure
from colorfix_training.evaluation.table import Row

DOCS = Path(__file__).parent
Example = tuple[str, np.ndarray, np.ndarray]
SIDE = 190
# Linear RGB of a light and the share of white that leaks in.
LIGHTS = {
    "red": ((1.0, 0.12, 0.08), 0.15),
    "green": ((0.1, 1.0, 0.25), 0.15),
    "blue": ((0.1, 0.3, 1.0), 0.15),
    "magenta": ((1.0, 0.1, 0.8), 0.15),
}


def main(names: list[str]) -> None:
    """Draw those of `FIGURES` that are named, or all."""
    fixer = ColorFixer.load("cpu")
    for name in names or FIGURES:
        FIGURES[name](fixer)


def lights(fixer: ColorFixer) -> None:
    """Six lights, both methods after two iterations."""
    save([compare(fixer, *example) for example in lit_examples()], "lights.jpg")


def failures(fixer: ColorFixer) -> None:
    """What cannot be repaired, and what should not be."""
    face, cup = crop(data.astronaut(), 0, 60, 300), crop(data.coffee(), 0, 100, 400)
    sky = crop(data.rocket(), 0, 200, 420)
    rows = [
        compare(fixer, "sodium, no leak", under(cup, (1.0, 0.42, 0.0), 0.0), cup),
        compare(fixer, "red, no leak", under(face, (1.0, 0.02, 0.0), 0.0), face),
        compare(fixer, "two lights, split", two_lights(face), face),
        compare(fixer, "clean, coloured scene", sky, sky),
    ]
    save(rows, "failures.jpg")


def recursion(fixer: ColorFixer) -> None:
    """The error after each look at the own result, as the author of the idea drew it."""
    plot_iterations(recursive_rows(fixer, lit_examples(), MAX_ITERATIONS), DOCS / "recursion.png")


def recursive_rows(fixer: ColorFixer, examples: list[Example], iterations: int) -> list[Row]:
    """A row for each picture, method and number of iterations, and for the picture itself."""
    rows = []
    for name, ruined, truth in examples:
        rows.append(Row(name, "light", "input", measure(ruined, truth, ruined)))
        for method in METHODS:
            luts = fixer.predict_steps(ruined, iterations, method).luts
            for step, lut in enumerate(luts, 1):
                scores = measure(lut.apply(ruined), truth, ruined)
                rows.append(Row(name, "light", f"{method} x{step}", scores))
    return rows


def lit_examples() -> list[Example]:
    """Each light's name, the photograph under it, and the photograph."""
    face = crop(data.astronaut(), 0, 60, 300)
    cup, cat = crop(data.coffee(), 0, 100, 400), crop(data.chelsea(), 0, 120, 300)
    return [
        *((name, under(face, *light), face) for name, light in LIGHTS.items()),
        ("amber", under(cup, (1.0, 0.55, 0.1), 0.1), cup),
        ("cyan", under(cat, (0.1, 0.9, 1.0), 0.15), cat),
    ]


def before_and_after(fixer: ColorFixer) -> None:
    """The sample beside its correction with the settings people start with."""
    sample = np.asarray(Image.open(DOCS.parent / "sample/portrait-magenta-light.jpg"))
    pair = Image.fromarray(np.concatenate([sample, fixer.predict(sample).apply(sample)], 1))
    pair.thumbnail((1000, 600))
    pair.save(DOCS / "before-after.jpg", quality=88)


def under(photo: np.ndarray, light: tuple[float, float, float], leak: float) -> np.ndarray:
    """The photo under a light: linear RGB times light and leak, then exposed, (H, W, 3) uint8."""
    color = (1 - leak) * torch.tensor(light) + leak
    lit = srgb_to_linear(torch.from_numpy(photo).float() / 255) * color
    lit = lit / lit.amax(-1).quantile(0.98)
    return (linear_to_srgb(lit.clamp(0, 1)) * 255 + 0.5).to(torch.uint8).numpy()


def two_lights(photo: np.ndarray) -> np.ndarray:
    """Red from the left, blue from the right, as no single LUT can undo."""
    halves = under(photo, (1.0, 0.15, 0.1), 0.2), under(photo, (0.1, 0.3, 1.0), 0.2)
    share = np.linspace(0, 1, photo.shape[1])[None, :, None]
    return (halves[0] * (1 - share) + halves[1] * share).astype(np.uint8)


def compare(fixer: ColorFixer, title: str, ruined: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """A row: the ruined photo, both methods after two iterations, the truth."""
    fixed = [fixer.predict(ruined, 2, method).apply(ruined) for method in ("lut", "balancer")]
    tiles = [Image.fromarray(p).resize((SIDE, SIDE)) for p in (ruined, *fixed, truth)]
    for tile, label in zip(tiles, (title, "lut", "balancer", "original"), strict=True):
        ImageDraw.Draw(tile).text((5, 4), label, "white", stroke_width=1, stroke_fill="black")
    return np.concatenate([np.asarray(tile) for tile in tiles], 1)


def crop(photo: np.ndarray, top: int, left: int, side: int) -> np.ndarray:
    """A square of a photo."""
    return np.ascontiguousarray(photo[top : top + side, left : left + side])


def save(rows: list[np.ndarray], name: str) -> None:
    """Write rows of pictures below each other."""
    Image.fromarray(np.concatenate(rows)).save(DOCS / name, quality=85)


FIGURES = {f.__name__: f for f in (lights, failures, before_and_after, recursion)}

if __name__ == "__main__":
    main(sys.argv[1:])
