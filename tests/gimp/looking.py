"""What there is to see: pictures under coloured light, and the preview in a dialog."""

import time
from dataclasses import dataclass

import numpy as np

BACKDROP = 48
TITLE = "^Remove Colored Lighting"


@dataclass(frozen=True)
class Frame:
    """Where the preview of a square picture is in its dialog."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def found_in(cls, shown: np.ndarray) -> "Frame | None":
        """The box that the margins beside the picture enclose; None before it is painted."""
        backdrop = (shown == BACKDROP).all(-1)
        columns = np.flatnonzero(backdrop.sum(0) > 300)
        if not columns.size:
            return None
        rows = np.flatnonzero(backdrop[:, columns].all(1))
        return cls(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)

    @property
    def middle(self) -> int:
        """Where the divider is at first."""
        return (self.left + self.right) // 2

    def of(self, shown: np.ndarray) -> np.ndarray:
        """The preview alone, (h, w, 3) int."""
        return shown[self.top : self.bottom, self.left : self.right].astype(int)


def frame(screen, window) -> Frame:
    """Where the preview is; the buttons lie below it."""
    found = Frame.found_in(screen.look(window))
    assert found, "there is no preview"
    return found


def view(screen, window, name="") -> np.ndarray:
    """The pixels of the preview, (h, w, 3) int; named pictures are kept."""
    shown = screen.shot(name, window) if name else screen.look(window)
    found = Frame.found_in(shown)
    assert found, "there is no preview"
    return found.of(shown)


def settled(screen, window) -> np.ndarray:
    """The preview at rest: it is refined once nothing changes."""
    shown = view(screen, window)
    for _ in range(20):
        time.sleep(0.5)
        before, shown = shown, view(screen, window)
        if np.array_equal(before, shown):
            return shown
    raise AssertionError("the preview never comes to rest")


def halves(shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean colours left and right of the divider, without the margins of a square picture."""
    left, right = sides(shown)
    return left.mean((0, 1)), right.mean((0, 1))


def sides(shown: np.ndarray, gap: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """What lies left and right of the divider, so far from it and from the margins."""
    height, width = shown.shape[:2]
    middle, edge = width // 2, (width - height) // 2 + gap
    return shown[:, edge : middle - gap], shown[:, middle + gap : width - edge]


def wait_for_view(screen, window, wanted) -> np.ndarray:
    """Wait until the preview shows a picture between its margins, and that is as wanted."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        shown = screen.look(window)
        if found := Frame.found_in(shown):
            shown = found.of(shown)
            if np.ptp(shown) > 50 and wanted(shown):
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
