"""A GIMP with windows on a virtual screen, worked by keys and pointer."""

import time
from pathlib import Path

import numpy as np
from place import Place
from session import Gimp

DESKTOP = """
number=$(mktemp)
Xvfb -displayfd 3 -screen 0 {width}x{height}x24 -nolisten tcp 3>$number >/dev/null 2>&1 &
until [ -s $number ]; do sleep 0.1; done
export DISPLAY=:$(cat $number)
openbox >/dev/null 2>&1 &
exec "$@"
"""


class Screen(Gimp):
    """A GIMP with windows; what a person does is a method, and so is what a person sees."""

    def __init__(
        self,
        place: Place,
        profile: str,
        artifacts: Path,
        size: tuple[int, int] = (1400, 900),
        **environment: str,
    ) -> None:
        self._artifacts = artifacts
        artifacts.mkdir(parents=True, exist_ok=True)
        width, height = size
        desktop = DESKTOP.format(width=width, height=height)
        gimp = place.console.replace("-console", "")
        command = ["bash", "-c", desktop, "bash", gimp, "-n", "--no-splash"]
        super().__init__(place, profile, command, NO_AT_BRIDGE="1", **environment)

    def _tool(self, *command: str) -> str:
        """Run an X program beside GIMP, in the same screen."""
        return self.execute(
            "import subprocess\n"
            "done = subprocess.run(command, capture_output=True, text=True)\n"
            "result = done.stdout",
            command=command,
        )

    def keys(self, *keys: str, pause: float = 0.4) -> None:
        """Press keys one after the other, as xdotool names them."""
        for key in keys:
            self._tool("xdotool", "key", key)
            time.sleep(pause)

    def type(self, text: str) -> None:
        """Type a text."""
        self._tool("xdotool", "type", "--delay", "30", text)

    def wait_for(self, title: str, seconds: float = 20) -> str:
        """Wait for a window and return its number."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := self.windows(title):
                return found[-1]
            time.sleep(0.05)
        self.shot("missing-window")
        raise AssertionError(f"no window is called {title!r}; GIMP said:\n{self.said()[-3000:]}")

    def wait_until_gone(self, title: str, seconds: float = 20) -> None:
        """Wait until a window has closed."""
        deadline = time.monotonic() + seconds
        while self.windows(title):
            assert time.monotonic() < deadline, f"{title!r} does not close"
            time.sleep(0.1)

    def windows(self, title: str) -> list[str]:
        """The windows that are called so."""
        found = self._tool("xdotool", "search", "--onlyvisible", "--name", title)
        return found.split()

    def place_of(self, window: str) -> tuple[int, int, int, int]:
        """Left, top, width and height of a window."""
        said = self._tool("xdotool", "getwindowgeometry", "--shell", window)
        values = dict(line.split("=") for line in said.split())
        return tuple(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def click(self, x: int, y: int) -> None:
        """Click at a point of the screen."""
        self._tool("xdotool", "mousemove", str(x), str(y), "click", "1")
        time.sleep(0.3)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag with the first button."""
        go = ["mousemove", *map(str, start), "mousedown", "1", "sleep", "0.1"]
        steps = [
            str(round(a + (b - a) * t / 5))
            for t in range(1, 6)
            for a, b in zip(start, end, strict=True)
        ]
        for x, y in zip(steps[::2], steps[1::2], strict=True):
            go += ["mousemove", x, y, "sleep", "0.05"]
        self._tool("xdotool", *go, "mouseup", "1")
        time.sleep(0.3)

    def shot(self, name: str) -> np.ndarray:
        """Keep a picture of the screen and return it, (h, w, 3) uint8."""
        from PIL import Image

        self._tool("import", "-window", "root", f"{self.folder}/shot.png")
        data = (self.path / "shot.png").read_bytes()
        target = self._artifacts / f"{name}.png"
        target.write_bytes(data)
        with Image.open(target) as picture:
            return np.asarray(picture.convert("RGB"))

    def part(self, name: str, window: str) -> np.ndarray:
        """A picture of one window."""
        x, y, width, height = self.place_of(window)
        return self.shot(name)[y : y + height, x : x + width]

    def open_filter(self, mnemonic: str) -> None:
        """Filters > Color > the entry with this mnemonic."""
        main = self.wait_for("GIMP$")
        self._tool("wmctrl", "-i", "-a", main)
        time.sleep(0.3)
        self.keys("alt+r", "Up", "Right", mnemonic)


