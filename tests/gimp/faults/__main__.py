"""Have many faults happen in a real GIMP, chosen by seed, and print a table of what became of it.

    python -m tests.gimp.faults [HOW-MANY [FIRST-SEED]]

A line a fault, as it happens; at the end a table for docs/reliability.md. Faults whose moment a
call did not come by are not counted. The exit code is 1 if anything was not as it should be.
"""

import os
import sys
import time
from collections import Counter

from tests.gimp.faults.stages import draw
from tests.gimp.faults.trial import Trials
from tests.gimp.place import find

PROFILE = f"/tmp/colorfix-faults-{os.getpid()}"


def main(wanted: int, seed: int) -> int:
    table: Counter[tuple[str, str, str]] = Counter()
    trials, counted, bad, began = _started(), 0, 0, time.monotonic()
    while counted < wanted:
        fault = draw(seed)
        try:
            outcome = trials.run(fault)
        except Exception as error:  # GIMP itself may have gone
            print(f"{seed:5} {fault}: {type(error).__name__}: {error}", flush=True)
            table[fault.kind, fault.act, f"the trial failed: {type(error).__name__}"] += 1
            bad, counted, seed = bad + 1, counted + 1, seed + 1
            trials.quit()
            trials = _started()
            continue
        text = "; ".join(outcome.wrong) or outcome.image
        if not outcome.reached:
            text = f"not reached; {text}"
        said = outcome.said.replace("\n", "|")
        print(f"{seed:5} {time.monotonic() - began:6.0f} s, call {outcome.seconds:5.1f} s "
              f"{fault}: {text} [{said}]", flush=True)  # fmt: skip
        if outcome.reached:
            counted, bad = counted + 1, bad + bool(outcome.wrong)
            table[fault.kind, fault.act, text] += 1
        seed += 1
    trials.quit()
    print(f"\n{counted} faults, {bad} of them not as they should be\n")
    print("| kind | fault | outcome | times |\n| --- | --- | --- | ---: |")
    for (kind, act, text), times in sorted(table.items()):
        print(f"| {kind} | {act} | {text} | {times} |")
    return 1 if bad else 0


def _started(attempts: int = 4) -> Trials:
    """A GIMP for trials; a machine that is busy may need several attempts."""
    for _ in range(attempts - 1):
        try:
            return Trials(find(), PROFILE)
        except RuntimeError as error:
            print(f"once more: {str(error).splitlines()[0]}", flush=True)
    return Trials(find(), PROFILE)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*[*numbers, 200, 0][:2] if len(numbers) < 2 else numbers))
