"""How long a prediction takes, from an idle interpreter, beside importing torch."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

STEPS = {
    "import torch": "import torch",
    "ColorFixer.load": "from colorfix_core import ColorFixer; ColorFixer.load(device='cpu')",
    "load and predict": (
        "import numpy as np; from colorfix_core import ColorFixer; "
        "ColorFixer.load(device='cpu').predict(np.zeros((1000, 1500, 3), np.uint8) + 99)"
    ),
}


def report(rounds: int = 5) -> str:
    """A line for each step; ratios to importing torch."""
    seconds: dict[str, list[float]] = {name: [] for name in STEPS}
    for _ in range(rounds):
        for name, code in STEPS.items():
            start = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
                return f"Prediction was not timed: {reason}"
            seconds[name].append(time.perf_counter() - start)
    base = seconds["import torch"]
    lines = [
        "Prediction, each in a new process:",
        "",
        "| step | s | ratio |",
        "| --- | --- | --- |",
    ]
    for name, values in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(values, base, strict=True))
        lines.append(f"| {name} | {statistics.median(values):.2f} | {ratio:.2f} |")
    return "\n".join(lines)
