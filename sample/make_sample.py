"""Make portrait-magenta-light.jpg: a freely licensed portrait as if under a magenta stage light.

    python -m sample.make_sample

The photograph is NASA's official portrait of the astronaut Eileen Collins, which is in the public
domain; scikit-image ships it as ``skimage.data.astronaut``. A gel multiplies light, so each
channel is multiplied in linear light, and a little is let through unfiltered.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from colorfix_core.color import srgb

LIGHT = np.array([1.0, 0.22, 0.72])
UNFILTERED = 0.06


def main() -> None:
    """Write the sample beside this script."""
    target = Path(__file__).with_name("portrait-magenta-light.jpg")
    Image.fromarray(under_light(data.astronaut())).save(target, quality=90, subsampling=0)


def under_light(photo: np.ndarray) -> np.ndarray:
    """An (H, W, 3) uint8 sRGB photograph under the magenta light."""
    lit = srgb.decode(photo / 255) * (LIGHT * (1 - UNFILTERED) + UNFILTERED)
    return np.rint(srgb.encode(lit) * 255).astype(np.uint8)


if __name__ == "__main__":
    main()
