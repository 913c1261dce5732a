"""How long a person waits: menu to dialog, to first preview, OK to canvas; and memory.

    python tests/gimp/measure.py [MEGAPIXELS]

Prints seconds for one RGB layer, with the helper process cold and warm. No test: figures
depend on the machine.
"""

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
import numpy as np  # noqa: E402
from looking import TITLE  # noqa: E402
from place import find  # noqa: E402
from profile_setup import install  # noqa: E402
from screen import Screen  # noqa: E402

PROFILE = "/tmp/colorfix-measure"


def main(megapixels: float) -> None:
    place = find()
    install(place, PROFILE)
    screen = Screen(place, PROFILE)
    try:
        screen.fill_screen(1390, 860)
        for precision in ("U8_NON_LINEAR", "U16_NON_LINEAR", "FLOAT_LINEAR"):
            image, layer = big_photo(screen, megapixels, precision)
            for state in ("cold", "warm", "warm"):
                if state == "cold":
                    screen.stop_helpers()
                print(precision, state, *map("{:.2f}".format, run_once(screen, layer)), flush=True)
            screen.close_shown(image)
    finally:
        screen.quit()


def big_photo(screen, megapixels: float, precision: str) -> tuple[int, int]:
    """A shown image of noise under magenta light."""
    width = round((megapixels * 1.5e6) ** 0.5)
    height = round(width / 1.5)
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    noise[..., 1] //= 3
    image = screen.new_image(width, height, precision, show=True)
    layer = screen.new_layer(image, noise, format="R'G'B' u8")
    screen.execute(
        "layer = Gimp.Item.get_by_id(l); layer.scale(w, h, False)", l=layer, w=width, h=height
    )
    time.sleep(3)
    return image, layer


def run_once(screen, layer: int) -> tuple[float, ...]:
    """Seconds from menu to dialog, from menu to preview, from OK to canvas; plug-in's peak GB."""
    screen.front()
    screen.keys("alt+r", "Up", "Right")
    start = time.monotonic()
    screen._tool("xdotool", "key", "r")
    window = screen.wait_for(TITLE)
    dialog = time.monotonic() - start
    while not screen.execute(IS_CORRECTED, window=window):
        pass
    preview = time.monotonic() - start
    time.sleep(1)
    before = screen.execute(PIXEL, l=layer)
    memory = screen.execute(PEAK)
    start = time.monotonic()
    screen._tool("xdotool", "key", "alt+o")
    while screen.execute(PIXEL, l=layer) == before:
        memory = max(memory, screen.execute(PEAK))
    canvas = time.monotonic() - start
    time.sleep(1)
    screen.front()
    screen.keys("ctrl+z", pause=2)
    return dialog, preview, canvas, memory


# The colours beside the divider: a strip of 100 pixels on either side of it.
IS_CORRECTED = """
import subprocess
shot = subprocess.run(["import", "-window", window, "-crop", "200x8+192+200", "-depth", "8",
                       "rgb:-"], capture_output=True).stdout
colours = np.frombuffer(shot, "u1").reshape(8, 200, 3).astype(float)
left, right = colours[:, :95].mean((0, 1)), colours[:, 105:].mean((0, 1))
result = left[0] > 1.5 * left[1] and right[0] < 1.3 * right[1]
"""
PIXEL = """
buffer = Gimp.Item.get_by_id(l).get_buffer()
result = buffer.get(RECT(300, 300, 1, 1), 1.0, "R'G'B' float", NONE)
"""
PEAK = """
import glob
result = 0.0
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        command = open(path).read()
        if "remove-colored-lighting.py" in command:
            status = open(path.replace("cmdline", "status")).read()
            result = max(result, int(status.split("VmHWM:")[1].split()[0]) / 1e6)
    except (OSError, IndexError):
        pass
"""

if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 24)
