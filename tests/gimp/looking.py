"""What there is to see: pictures under coloured light, and the preview in a dialog."""

import time

import numpy as np

VIEW = slice(12, 432), slice(12, 572)  # rows and columns of the preview in its dialog
BACKDROP = 48
TITLE = "^Remove Colored Lighting$"


def view(screen, window, name="") -> np.ndarray:
    """The pixels of the preview, (h, w, 3) int; named pictures are kept."""
    shown = screen.shot(name, window) if name else screen.look(window)
    return shown[VIEW].astype(int)


def halves(shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean colours left and right of the divider, without the margins of a square picture."""
    return shown[:, 80:270].mean((0, 1)), shown[:, 290:480].mean((0, 1))


def wait_for_view(screen, window, wanted) -> np.ndarray:
    """Wait until the preview shows a picture between its margins, and that is as wanted."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        shown = view(screen, window)
        if (shown[:, :60] == BACKDROP).all() and np.ptp(shown) > 50 and wanted(shown):
            return shown
        time.sleep(0.1)
    raise AssertionError(f"the preview never came; GIMP said:\n{screen.said()[-3000:]}")


def opened(screen, picture, title=TITLE) -> str:
    """The filter's dialog over a square picture, once the right half is corrected."""
    screen.open_filter("r")
    window = screen.wait_for(title)
    right = picture[:, picture.shape[1] // 2 :].mean((0, 1))
    wait_for_view(screen, window, lambda s: np.abs(halves(s)[1] - right).max() > 4)
    return window


def under_light(photo: np.ndarray, light: tuple[float, float, float]) -> np.ndarray:
    """A uint8 photo as if lit by a coloured lamp: multiplied in (nearly) linear light."""
    linear = (photo / 255) ** 2.2 * light
    return (linear.clip(0, 1) ** (1 / 2.2) * 255).round().astype(np.uint8)
