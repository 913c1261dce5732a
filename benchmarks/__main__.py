"""``python -m benchmarks [--megapixels 30] [--rounds 7] [--plot docs/lut-speed.png]``."""

from __future__ import annotations

import argparse
from math import isnan

import numpy as np

from benchmarks import machine, prediction
from benchmarks.contenders import contenders, reference_error
from benchmarks.pictures import look, photo
from benchmarks.timing import Result, race
from colorfix_core.luts.data import Array

KINDS = (("float32", 4), ("float32", 3), ("uint8", 3), ("uint8", 4))


def main() -> None:
    """Time what the command line asks for, and print tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--megapixels", type=float, default=30)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--plot", metavar="PNG", help="also time 0.1 to 200 megapixels and plot")
    parser.add_argument("--skip-prediction", action="store_true")
    options = parser.parse_args()
    print(machine.describe(), flush=True)
    for dtype, channels in KINDS:
        print(_table(options.megapixels, options.rounds, dtype, channels), flush=True)
    if not options.skip_prediction:
        print("\n" + prediction.report(), flush=True)
    if options.plot:
        from benchmarks import plot

        print(plot.draw(options.plot), flush=True)


def _table(megapixels: float, rounds: int, dtype: str, channels: int) -> str:
    """One kind of image: everybody's time, ratios, memory and error."""
    image, lut = photo(megapixels, dtype, channels), look()
    errors: dict[str, float] = {}

    def check(name: str, out: Array) -> None:
        errors[name] = reference_error(lut, image, out)

    results = race(contenders(lut, image), image, rounds, check)
    base, copy = next(iter(results.values())), results["memory copy"]
    lines = [
        f"\n{dtype}, {channels} channels, {megapixels:g} megapixels"
        + (f", {_colors(image)} colours" if dtype == "uint8" else "")
        + f"; medians of {rounds} rounds in turns\n",
        f"| who | ns a pixel | first call | x {next(iter(results))} | in core time | x copy "
        "| MiB | error |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, result in results.items():
        lines.append(_line(name, result, base, copy, megapixels, errors[name]))
    return "\n".join(lines)


def _line(
    name: str, result: Result, base: Result, copy: Result, megapixels: float, error: float
) -> str:
    nanoseconds = 1e3 / megapixels
    memory = "" if result.mib is None else f"{result.mib:.0f}"
    shown = "" if name in ("memory copy", "ffmpeg lut3d") else f"{error:.1e}"
    wall, cores = result.ratios_to(base)
    return (
        f"| {name} | {result.usual * nanoseconds:.2f} | {result.first * nanoseconds:.2f} "
        f"| {wall:.2f} | {'' if isnan(cores) else f'{cores:.2f}'} "
        f"| {result.ratios_to(copy).wall:.1f} | {memory} | {shown} |"
    )


def _colors(image: Array) -> int:
    seen = np.zeros(1 << 24, bool)
    r, g, b = (image[..., c].astype(np.int32) for c in range(3))
    seen[r << 16 | g << 8 | b] = True
    return int(seen.sum())


if __name__ == "__main__":
    main()
