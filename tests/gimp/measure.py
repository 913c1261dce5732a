"""How long a person waits: menu to dialog, to first preview, OK to canvas; and memory.

    python -m tests.gimp.measure [MEGAPIXELS [PRECISION...]]

With COLORFIX_GIMP=3.2 it does so in that GIMP, and with COLORFIX_WANTED_ENGINE=helper it lets a
process of its own work on the pixels, and hides numpy from the plug-in.

Prints seconds for one RGB layer, with the helper processes cold and warm, and beside them what
the goals are measured against: a bare `import torch`, and GIMP's own read of the layer. No test:
figures depend on the machine.
"""

import sys
import time

import numpy as np

from tests.gimp.place import find
from tests.gimp.profile_setup import install, runtime
from tests.gimp.screen import Screen

PROFILE = "/tmp/colorfix-measure"
PRECISIONS = ("U8_NON_LINEAR", "U16_NON_LINEAR", "FLOAT_LINEAR")


def main(megapixels: float, precisions: list[str]) -> None:
    place = find()
    install(place, PROFILE)
    print(f"import torch: {bare_import(place):.2f} s")
    screen = Screen(place, PROFILE)
    try:
        screen.fill_screen(1390, 860)
        for precision in precisions:
            image, layer = big_photo(screen, megapixels, precision)
            print(f"{precision}, {megapixels:g} megapixels; GIMP reads them in "
                  f"{screen.execute(READ, l=layer):.2f} s")  # fmt: skip
            for state in ("cold", "warm", "warm"):
                if state == "cold":
                    screen.stop_helpers()
                figures = run_once(screen, layer)
                print(f"  {state}", *(f"{k} {v:.2f}" for k, v in figures.items()), flush=True)
            screen.close_shown(image)
    finally:
        screen.quit()


def bare_import(place) -> float:
    """Seconds of `import torch` in a process that is otherwise empty; the better of two."""
    code = "import time; t = time.monotonic(); import torch; print(time.monotonic() - t)"
    return min(float(place.run(runtime(place), "-c", code)) for _ in range(2))


def big_photo(screen, megapixels: float, precision: str) -> tuple[int, int]:
    """A shown image of soft noise under magenta light."""
    width = round((megapixels * 1.5e6) ** 0.5)
    height = round(width / 1.5)
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    noise[..., 1] //= 3
    image = screen.new_image(width, height, precision, show=True)
    layer = screen.new_layer(image, noise, format="R'G'B' u8")
    # Linear, so that nothing overshoots white or black: photos hardly do.
    screen.execute(
        "Gimp.context_set_interpolation(Gimp.InterpolationType.LINEAR)\n"
        "Gimp.Item.get_by_id(l).scale(w, h, False)\n"
        "Gimp.displays_flush()", l=layer, w=width, h=height
    )  # fmt: skip
    screen.front()
    # The whole image fills the window.
    screen.keys("ctrl+shift+j", pause=max(3, megapixels / 8))
    return image, layer


def run_once(screen, layer: int) -> dict[str, float]:
    """Seconds from the menu to dialog and preview, and from OK to layer and canvas; peak MB."""
    screen.front()
    screen.keys("alt+r", "Up", "Right", pause=0.6)
    figures = screen.execute(WATCH, l=layer)
    time.sleep(1)
    screen.front()
    screen.keys("ctrl+z", pause=2)
    return figures


READ = """
import time
start = time.monotonic()
layer = Gimp.Item.get_by_id(l)
buffer, width, height = layer.get_buffer(), layer.get_width(), layer.get_height()
for y in range(0, height, 256):
    rect = RECT(0, y, width, min(256, height - y))
    buffer.get(rect, 1.0, Babl.get_name(layer.get_format()), NONE)
result = time.monotonic() - start
"""

# Runs inside, with the menu open, so that looking costs milliseconds and not processes.
WATCH = """
import glob, subprocess, time
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk

Gdk.init([])
display = Gdk.Display.get_default()
screen = display.get_default_screen()
root = screen.get_root_window()
LIMIT, BACKDROP = 60, 48

def see(x, y, width, height):
    shot = Gdk.pixbuf_get_from_window(root, x, y, width, height)
    data = np.frombuffer(shot.read_pixel_bytes().get_data(), "u1")
    rows = np.lib.stride_tricks.as_strided(data, (height, 3 * width), (shot.get_rowstride(), 1))
    return rows.reshape(height, width, 3).astype(int)

def press(key):
    subprocess.run(["xdotool", "key", key])
    return time.monotonic()

def until(condition, pause=0.01):
    start = time.monotonic()
    while not (found := condition()):
        note_memory()
        time.sleep(pause)
        assert time.monotonic() - start < LIMIT
    return found

PROCESSES = ("remove-colored-lighting.py", "colorfix_core.service.server",
             "colorfix_core.engine.process")
peaks = {}

def note_memory():
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            command = open(path).read()
            name = next((name for name in PROCESSES if name in command), None)
            if name:
                status = open(path.replace("cmdline", "status")).read()
                peaks[name] = max(peaks.get(name, 0), int(status.split("VmHWM:")[1].split()[0]))
        except (OSError, IndexError):
            pass

def dialog():
    \"\"\"The corner of the dialog's inside, once its preview is painted.\"\"\"
    Gdk.error_trap_push()
    window = screen.get_active_window()
    origin = None
    if window is not None and window.get_xid() != main:
        _, x, y = window.get_origin()
        painted = (see(x + 14, y + 14, 4, 4) == BACKDROP).all()
        origin = (x, y) if painted else None
    Gdk.error_trap_pop_ignored()
    return origin

def is_corrected():
    x, y = corner
    left, right = (see(x + at, y + 200, 95, 8).mean((0, 1)) for at in (192, 297))
    return left[0] > 1.5 * left[1] and right[0] < 1.3 * right[1]

def pixel():
    buffer = Gimp.Item.get_by_id(l).get_buffer()
    return buffer.get(RECT(300, 300, 1, 1), 1.0, "R'G'B' float", NONE)

main = screen.get_active_window().get_xid()
start = press("r")
corner = until(dialog)
figures = {"dialog": time.monotonic() - start}
until(is_corrected)
figures["preview"] = time.monotonic() - start
time.sleep(1.5)

# The canvas to the left of the dialog, in rows where the image has its magenta.
canvas = 100, 330, corner[0] - 110, 200
before, stored = see(*canvas), pixel()
magenta = before[..., 0] > 1.5 * before[..., 1]
assert magenta.mean() > 0.3
start = press("alt+o")
until(lambda: pixel() != stored)
figures["layer"] = time.monotonic() - start
until(lambda: (see(*canvas) != before).any(-1)[magenta].mean() > 0.99)
figures["canvas"] = time.monotonic() - start
figures["plug-in MB"] = peaks["remove-colored-lighting.py"] / 1e3
figures["networks MB"] = peaks["colorfix_core.service.server"] / 1e3
if "colorfix_core.engine.process" in peaks:
    figures["engine MB"] = peaks["colorfix_core.engine.process"] / 1e3
result = figures
"""

if __name__ == "__main__":
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 24
    main(size, sys.argv[2:] or list(PRECISIONS))
