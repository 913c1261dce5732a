"""Feed damaged files to every reader, of LUTs and of pictures.

    python -m tests.fuzz.fuzz_readers [--inputs 1000000] [--first 0] [--seed 0] [--target cube]

Each input is a small valid file with a few mutations, or two such files spliced. A reader must
return what it is for or refuse in one sentence; it must not take longer than TIME_LIMIT of the
processor's time, nor need more memory than MEMORY_LIMIT allows, nor crash. Inputs are read in
processes of their own, a batch in each; what ends one is found out, and the next begins behind
it. What should not be is printed with the number that makes it again, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import mmap
import os
import random
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path

from tests.fuzz import picture_targets
from tests.fuzz.mutation import mended, mutated
from tests.fuzz.targets import LUTS, TARGETS, Target

TIME_LIMIT = 2.0
# Wall-clock time, on a busy machine, after which an input is taken for one that never ends.
_PATIENCE = 120
# What a reading process may allocate beyond what it has when it begins.
MEMORY_LIMIT = 1 << 30
# Every hundredth LUT is traced: its reader may hold a few copies of its table and its text.
TRACED_LIMIT = 64 << 20
_BATCH = 5000
_GOOD = ("read", "refused")
_STATE = struct.Struct("<QQQQd")  # next input, read, refused, failures, slowest


def input_of(target: Target, files: list[bytes], seed: int, number: int) -> bytes:
    """The input of a number, the same in every run over the same files."""
    rng = random.Random(f"{target.name} {seed} {number}")
    data = mutated(rng, files, target.tokens)
    return mended(data) if target.is_png and number % 2 else data


def run(target: Target, inputs: int, seed: int, first: int = 0) -> Counter[str]:
    """Read inputs `first` to `first + inputs`; how many ended how."""
    files, endings = target.files(), Counter[str]()
    slowest, at, end = 0.0, first, first + inputs
    with tempfile.TemporaryDirectory(dir=_memory_folder()) as folder, mmap.mmap(-1, 64) as shared:
        while at < end:
            stop = min(at + _BATCH, end)
            shared[: _STATE.size] = _STATE.pack(at, 0, 0, 0, 0.0)
            killed = _in_a_process(target, files, seed, stop, shared, folder)
            at, read, refused, failures, slow = _STATE.unpack(shared[: _STATE.size])
            endings.update({"read": read, "refused": refused})
            endings["failed"] += failures
            slowest = max(slowest, slow)
            if at < stop:
                at += 1
                endings["crashed" if target.may_crash else "failed"] += 1
                print(f"{target.name} seed {seed} input {at - 1}: {killed}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(
        f"{target.name}: {inputs} inputs from {first}, {endings['read']} read, "
        f"{endings['refused']} refused, {endings['crashed']} crashes of the child that may, "
        f"{endings['failed']} failures, slowest {slowest * 1e3:.0f} ms, peak {peak} MiB",
        flush=True,
    )
    return +endings


def _memory_folder() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _in_a_process(
    target: Target, files: list[bytes], seed: int, stop: int, shared: mmap.mmap, folder: str
) -> str:
    """Have a process read inputs up to `stop`; what ended it."""
    child = os.fork()
    if child == 0:
        try:
            _read_batch(target, files, seed, stop, shared, folder)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    seen, since = -1, time.monotonic()
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return f"ended by signal {status & 127}" if status else "ended"
        (at,) = struct.unpack_from("<Q", shared)
        if at != seen:
            seen, since = at, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return f"not read within {_PATIENCE} seconds"
        time.sleep(0.02)


def _read_batch(
    target: Target, files: list[bytes], seed: int, stop: int, shared: mmap.mmap, folder: str
) -> None:
    limit_memory()
    _silence()
    warnings.simplefilter("ignore")
    while (state := _STATE.unpack(shared[: _STATE.size]))[0] < stop:
        number, read, refused, failures, slowest = state
        ending, took = _ending(target, input_of(target, files, seed, number), number, folder)
        if ending not in _GOOD:
            print(f"{target.name} seed {seed} input {number}: {ending}", flush=True)
        shared[: _STATE.size] = _STATE.pack(
            number + 1,
            read + (ending == "read"),
            refused + (ending == "refused"),
            failures + (ending not in _GOOD),
            max(slowest, took),
        )


def _ending(target: Target, data: bytes, number: int, folder: str) -> tuple[str, float]:
    """How one input ended, and the processor's time that it took."""
    traced = number % 100 == 0 and target.name in LUTS and not target.may_crash
    if traced:
        tracemalloc.start()
    start = time.process_time()
    try:
        ending = target.feed(data, folder)
    except Exception as error:
        ending = f"{type(error).__name__}: {error} ({_place(error)})"
    took = time.process_time() - start
    if traced:
        if tracemalloc.get_traced_memory()[1] > TRACED_LIMIT:
            ending = "too much memory"
        tracemalloc.stop()
    elif took > TIME_LIMIT:
        ending = f"too slow: {took:.1f} s, {ending}"
    return ending, took


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def limit_memory() -> None:
    """Let this process take little more memory than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY_LIMIT
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _silence() -> None:
    """Keep what libraries of C print out of this table."""
    sys.stdout = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each target")
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", choices=TARGETS, action="append")
    parser.add_argument("--save", help="write the first input to a file, and read nothing")
    options = parser.parse_args()
    names = options.target or [name for name in TARGETS if picture_targets.available(name)]
    if options.save:
        target = TARGETS[names[0]]
        data = input_of(target, target.files(), options.seed, options.first)
        Path(options.save).write_bytes(data)
        return 0
    failed = 0
    for name in names:
        endings = run(TARGETS[name], options.inputs, options.seed, options.first)
        failed += endings["failed"]
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
