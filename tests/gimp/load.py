"""Many calls of the filter in one GIMP: does memory, a handle or a file stay behind each?

    python -m tests.gimp.load [CALLS]

Every fiftieth call prints, of GIMP and of the warm process, resident memory and open handles, and
how many files there are in the folder for temporary ones. No test: it takes a quarter of an hour.
"""

import sys
import time

import numpy as np

from tests.gimp.place import find
from tests.gimp.profile_setup import install
from tests.gimp.session import Gimp

PROFILE = "/tmp/colorfix-load"
EVERY = 50
OUTPUTS = ("replace", "new-layer", "keep-copy")


def main(calls: int) -> None:
    place = find()
    install(place, PROFILE)
    temporary = f"{PROFILE}/temporary"
    place.outside(temporary).mkdir()
    gimp = Gimp(place, PROFILE, [place.console, "-i"], TMPDIR=temporary, XDG_RUNTIME_DIR=temporary)
    pixels = np.random.default_rng(0).integers(0, 200, (96, 128, 4), np.uint8)
    start = time.monotonic()
    print("| calls | s | GIMP MB | handles | warm process MB | handles | threads | files |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for number in range(1, calls + 1):
        image = gimp.new_image(128, 96)
        layer = gimp.new_layer(image, pixels)
        status = gimp.run(image, [layer], output=OUTPUTS[number % 3])
        if status != ("success", ""):
            raise RuntimeError(f"call {number}: {status}")
        gimp.close(image)
        if number in (1, 10) or number % EVERY == 0:
            figures = gimp.execute(FIGURES)
            files = sum(path.is_file() for path in place.outside(temporary).rglob("*"))
            print("|", number, *(f"| {figure}" for figure in (
                round(time.monotonic() - start), *figures, files)), "|", flush=True)  # fmt: skip
    gimp.quit()


# Runs inside GIMP's batch interpreter; GIMP and the warm process are found by what they were
# started with.
FIGURES = """
import glob

def figures_of(word):
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            command = open(path, "rb").read()
        except OSError:
            continue
        if word in command and b"bash" not in command.split(b"\\0")[0]:
            folder = path.removesuffix("/cmdline")
            status = open(f"{folder}/status").read()
            memory = int(status.split("VmRSS:")[1].split()[0]) // 1000
            threads = int(status.split("Threads:")[1].split()[0])
            return memory, len(os.listdir(f"{folder}/fd")), threads
    return 0, 0, 0

gimp, helper = figures_of(b"gimp-console"), figures_of(b"colorfix_core.service.server")
result = [*gimp[:2], *helper]
"""

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
