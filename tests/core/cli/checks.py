"""What the tests of the command line look at."""

import subprocess

import numpy as np
from PIL import Image
from skimage import color


def pixels_of(path) -> np.ndarray:
    return np.asarray(Image.open(path))


def hue_distance(one: np.ndarray, other: np.ndarray) -> float:
    """How far two pictures' colours are apart on average, in CIELAB's a and b."""
    a, b = (color.rgb2lab(picture)[..., 1:] for picture in (one, other))
    return float(np.linalg.norm(a - b, axis=-1).mean())


def assert_one_sentence(done: subprocess.CompletedProcess, says: str, code: int = 1) -> None:
    """It failed, and standard error says why in one line, without a traceback."""
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert says in lines[0]
    assert lines[0].startswith("colorfix")
