"""Feed damaged LUT files to every reader.

    python -m tests.fuzz.fuzz_readers [--inputs 1000000] [--seed 0] [--format cube]

Each input is a small valid file of a format with a few mutations, or two such files spliced. A
reader must return a LUT or raise LutFileError; it must not take longer than TIME_LIMIT, nor
allocate much more than the file is long and its LUT is large. Anything else is printed with the
seed that makes it again, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import struct
import sys
import tempfile
import time
import tracemalloc
import zlib
from collections import Counter
from pathlib import Path

import numpy as np

os.environ.setdefault("OCIO_LOGGING_LEVEL", "none")

from colorfix_core import Lut3D
from colorfix_core.errors import LutFileError
from colorfix_core.luts.data import Shaper
from colorfix_core.luts.formats import clf, cube, hald, ocio_child, spi3d, threedl
from colorfix_core.messages import listening

FORMATS = {"cube": cube, "spi3d": spi3d, "threedl": threedl, "hald": hald, "clf": clf}
TIME_LIMIT = 1.0
# Every hundredth input is traced; a reader may hold a few copies of its table and its text.
MEMORY_LIMIT = 64 << 20
TOKENS = [
    *(b"nan", b"inf", b"-inf", b"1e999", b"-1e-999", b"0x10", b"1_0", b"0,5", b"--1", b"+", b"."),
    *(b"LUT_3D_SIZE", b"LUT_1D_SIZE 2", b"LUT_3D_SIZE 256", b"LUT_3D_SIZE 99999999999999999999"),
    *(b"DOMAIN_MIN 0 0 0", b"DOMAIN_MAX 1 1 0", b"LUT_3D_INPUT_RANGE 1 0", b'TITLE "', b"#"),
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\t",
        b" ",
        b"\x85",
        b"\xc2\xa0",
    ),
    *(
        b"Mesh 4 12",
        b"Mesh 99 99",
        b"SPILUT 1.0",
        b"256 256 256",
        b"-1 -1 -1",
        b"65535",
        b"9" * 400,
    ),
    *(b"IDAT", b"IEND", b"IHDR", b"\x7f\xff\xff\xff", b"</LUT3D>", b"<Array dim='9 9 9 3'>"),
    *(b'gridSize="999999"', b"&amp;", b"<!ENTITY a 'a'>", b"<![CDATA["),
]


def seeds(name: str) -> list[bytes]:
    """Small valid files."""
    module = FORMATS[name]
    small = 4 if name == "threedl" else 2
    grid = Lut3D.identity(small).table
    curve = np.linspace(0, 1, 5)[:, None] ** [1, 2, 3]
    luts = [Lut3D(grid * 0.9, title="seed", comments=["made by hand"]), Lut3D.identity(small + 1)]
    if name in ("cube", "clf"):
        luts += [Lut3D(grid, (-1,) * 3, (2,) * 3), Lut3D(1 - grid, shaper=Shaper(curve))]
    files = []
    for lut in luts:
        file = io.BytesIO()
        with listening():
            module.write(lut, file)
        files.append(file.getvalue())
    if name == "hald":
        file = io.BytesIO()
        module.write(luts[0], file, bits=8)
        files.append(file.getvalue())
    if name == "cube":
        cases = Path(__file__).parents[1] / "data" / "cube-cases"
        files += [path.read_bytes() for path in sorted(cases.glob("*/*.cube"))]
    return files


def mutated(rng: random.Random, files: list[bytes]) -> bytes:
    data = bytearray(rng.choice(files))
    for _ in range(rng.choice((1, 1, 2, 3, 5, 20))):
        at, span = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 8, 64))
        action = rng.randrange(8)
        if action == 0:
            data[at : at + span] = b""
        elif action == 1:
            data[at : at + span] = rng.randbytes(span)
        elif action == 2:
            data[at:at] = rng.choice(TOKENS)
        elif action == 3:
            data[at : at + span] = rng.choice(TOKENS)
        elif action == 4:
            data[at:at] = data[at : at + span] * rng.choice((1, 2, 50))
        elif action == 5 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif action == 6:
            del data[at:]
        else:
            other = rng.choice(files)
            data[at:] = other[rng.randrange(len(other) + 1) :]
    return bytes(data)


def mended(data: bytes) -> bytes:
    """Give a PNG's chunks their right checksums, so that damage reaches what is behind them."""
    out, at = bytearray(data[:8]), 8
    while at + 8 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        body = data[at + 4 : at + 8 + length]
        out += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return bytes(out)


def feed(name: str, data: bytes, folder: str) -> str:
    """Read one input; how it ended."""
    stream = io.BytesIO(data)
    if name == "clf":  # what the child does, without a process for each input
        path = os.path.join(folder, "input.clf")
        Path(path).write_bytes(data)
        answer = ocio_child.answer(path)
        if "error" in answer:
            return "refused"
        return "read" if np.isfinite(answer["table"]).all() else "not finite"
    with stream, listening():
        try:
            lut = FORMATS[name].read(stream, len(data))
        except LutFileError as error:
            return "refused" if "\n" not in str(error) else "message of several lines"
    return "read" if np.isfinite(lut.table).all() else "not finite"


def run(name: str, inputs: int, seed: int, folder: str) -> Counter:
    files, endings, slowest = seeds(name), Counter(), 0.0
    for number in range(inputs):
        rng = random.Random(f"{name} {seed} {number}")
        data = mutated(rng, files)
        if name == "hald" and number % 2:
            data = mended(data)
        traced = number % 100 == 0
        if traced:
            tracemalloc.start()
        start = time.perf_counter()
        try:
            ending = feed(name, data, folder)
        except Exception as error:
            ending = f"{type(error).__name__}: {error}"
        took = time.perf_counter() - start
        if traced:
            if tracemalloc.get_traced_memory()[1] > MEMORY_LIMIT:
                ending = "too much memory"
            tracemalloc.stop()
        elif took > TIME_LIMIT:
            ending = "too slow"
        slowest = max(slowest, took)
        endings[ending] += 1
        if ending not in ("read", "refused"):
            print(f"{name} seed {seed} input {number}: {ending}", flush=True)
    failures = inputs - endings["read"] - endings["refused"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"{name}: {inputs} inputs, {endings['read']} read, {endings['refused']} refused, "
        f"{failures} failures, slowest {slowest * 1e3:.0f} ms, "
        f"process peak {peak} MiB",
        flush=True,
    )
    return endings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", choices=FORMATS, action="append")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in options.format or FORMATS:
            endings = run(name, options.inputs, options.seed, folder)
            failures += sum(endings.values()) - endings["read"] - endings["refused"]
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
