"""A GIMP with windows on a virtual screen, worked by keys and pointer."""

import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.gimp.place import Place
from tests.gimp.session import Gimp

DESKTOP = """
number=$(mktemp)
Xvfb -displayfd 3 -screen 0 {width}x{height}x24 -nolisten tcp 3>$number >/dev/null 2>&1 &
until [ -s $number ]; do sleep 0.1; done
export DISPLAY=:$(cat $number)
openbox >/dev/null 2>&1 &
exec "$@"
"""
ARTIFACTS = Path(__file__).parents[1] / "artifacts"
MAIN_WINDOW = "GIMP$|^GNU Image Manipulation Program$"


class Screen(Gimp):
    """A GIMP with windows; what a person does is a method, and so is what a person sees."""

    def __init__(
        self,
        place: Place,
        profile: str,
        size: tuple[int, int] = (1400, 900),
        **environment: str,
    ) -> None:
        self._profile = profile
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
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

    def show_picture(self, picture: np.ndarray) -> tuple[int, int]:
        """A shown image with one layer; their numbers."""
        height, width, _channels = picture.shape
        image = self.new_image(width, height, show=True)
        layer = self.new_layer(image, picture)
        time.sleep(0.5)
        return image, layer

    def keys(self, *keys: str, pause: float = 0.4) -> None:
        """Press keys one after the other, as xdotool names them."""
        for key in keys:
            self._tool("xdotool", "key", key)
            time.sleep(pause)

    def type(self, text: str) -> None:
        """Type a text."""
        self._tool("xdotool", "type", "--delay", "30", "--", text)

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

    def click(self, window: str, x: int, y: int) -> None:
        """Click at a point of a window."""
        self._tool("xdotool", "mousemove", "--window", window, str(x), str(y), "click", "1")
        time.sleep(0.3)

    def drag(self, window: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag something in a window."""
        command = ["xdotool"]
        for step in range(6):
            x, y = (round(a + (b - a) * step / 5) for a, b in zip(start, end, strict=True))
            command += ["mousemove", "--window", window, str(x), str(y), "sleep", "0.05"]
            command += ["mousedown", "1"] * (step == 0)
        self._tool(*command, "mouseup", "1")
        time.sleep(0.3)

    def shot(self, name: str, window: str = "root") -> np.ndarray:
        """Keep a picture of a window or the screen and return it, (h, w, 3) uint8."""
        seen = self.look(window)
        Image.fromarray(seen).save(ARTIFACTS / f"{name}.png", compress_level=1)
        return seen

    def look(self, window: str) -> np.ndarray:
        """What a window shows, (h, w, 3) uint8."""
        # A window that changes its size meanwhile can leave `import` waiting for ever, with all of
        # the screen held.
        self._tool("sh", "-c", 'for try in 1 2 3; do timeout 10 import "$@" && exit; done', "look",
                   "-window", window, "-depth", "8", f"{self.folder}/shot.ppm")  # fmt: skip
        with Image.open(self.path / "shot.ppm") as picture:
            return np.asarray(picture.convert("RGB"))

    def open_filter(self, mnemonic: str) -> None:
        """Filters > Color > the entry with this mnemonic."""
        self.front()
        self.keys("alt+r", "Up", "Right", mnemonic)

    def front(self) -> None:
        """Bring the image window to the front."""
        self._tool("wmctrl", "-i", "-a", self.wait_for(MAIN_WINDOW))
        time.sleep(0.3)

    def front_dialog(self, title: str) -> None:
        """Bring a dialog to the front."""
        self._tool("wmctrl", "-i", "-a", self.wait_for(title))
        time.sleep(0.3)

    def close_window(self, window: str) -> None:
        """Click the window's close button."""
        self._tool("wmctrl", "-i", "-c", window)

    @property
    def page(self) -> Path:
        """Where the address of the page is that a caught browser was to show."""
        return self.path / "browsed"

    def catch_pages(self) -> None:
        """Make a script the web browser that writes down what it is asked to show."""
        self.page.unlink(missing_ok=True)
        script = self.path / "browser"
        script.write_text(f'#!/bin/sh\necho "$1" > {self.folder}/browsed\n')
        script.chmod(0o755)
        applications = self.path / ".local/share/applications"
        applications.mkdir(parents=True, exist_ok=True)
        (applications / "browser.desktop").write_text(
            f"[Desktop Entry]\nType=Application\nName=Browser\nExec={self.folder}/browser %u\n"
        )
        settings = self.path / ".config"
        settings.mkdir(exist_ok=True)
        kinds = ("text/html", "x-scheme-handler/file")
        (settings / "mimeapps.list").write_text(
            "[Default Applications]\n" + "".join(f"{kind}=browser.desktop\n" for kind in kinds)
        )

    def stop_helpers(self) -> None:
        """End the processes that keep networks and engine warm, as a crash would."""
        self._tool("pkill", "-f", f"{self._profile}/plug-ins/.* colorfix_core[.]")
        time.sleep(0.2)

    def fill_screen(self, width: int, height: int) -> None:
        """Give the image window this size."""
        window = self.wait_for(MAIN_WINDOW)
        self._tool("wmctrl", "-i", "-r", window, "-e", f"0,0,0,{width},{height}")
        time.sleep(0.5)
