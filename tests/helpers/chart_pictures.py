"""Pictures of a color chart, rendered."""

import cv2
import numpy as np

from colorfix_core.color import srgb
from colorfix_core.matching import chart_patches

GELS = {
    "red": (1.0, 0.35, 0.3), "amber": (1.0, 0.6, 0.2), "green": (0.4, 1.0, 0.45),
    "cyan": (0.3, 0.9, 1.0), "blue": (0.3, 0.45, 1.0), "magenta": (1.0, 0.35, 0.85),
}  # fmt: skip


def chart_in(photo, corners, gel=(1, 1, 1), noise=1.0, seed=0):
    """A picture in which a chart is held, all of it under a gel.

    Parameters
    ----------
    photo : (H, W, 3) uint8, what is behind
    corners : (4, 2) x and y of the patches' outer corners
    noise : standard deviation in levels of 255

    Returns
    -------
    (H, W, 3) uint8
    """
    unit, gap, border = 80, 12, 30
    height, width = 4 * unit + 3 * gap, 6 * unit + 5 * gap
    board = np.full((height + 2 * border, width + 2 * border, 3), 0.13)
    for number, color in enumerate(chart_patches.COLORS):
        row, column = divmod(number, 6)
        top, left = border + row * (unit + gap), border + column * (unit + gap)
        board[top : top + unit, left : left + unit] = color
    edge = np.float32([(0, 0), (width, 0), (width, height), (0, height)]) + border
    transform = cv2.getPerspectiveTransform(edge, np.float32(corners))
    size = photo.shape[1::-1]
    shown = cv2.warpPerspective(board, transform, size, flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.ones(board.shape[:2]), transform, size)[..., None]
    scene = photo / 255 * (1 - where) + shown * (where > 0)
    lit = srgb.encode(srgb.decode(scene) * np.array(gel))
    grain = np.random.default_rng(seed).normal(0, noise / 255, lit.shape)
    return np.rint((lit + grain).clip(0, 1) * 255).astype(np.uint8)
