"""Coverage-guided fuzzing of the readers that are written in Python, by atheris.

    python -m tests.fuzz.guided TARGET [SECONDS]

atheris is no requirement of anything here; it is installed by hand. Inputs that reach new lines are
kept in ~/.cache/colorfix-tests, so that the next run goes on from them. What should not be
ends the run, and libFuzzer says in which file the input is.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

CACHE = Path.home() / ".cache/colorfix-tests"
_GOOD = ("read", "refused")

with atheris.instrument_imports(include=["colorfix_core"]):
    from tests.fuzz import picture_targets
    from tests.fuzz.fuzz_readers import limit_memory
    from tests.fuzz.targets import TARGETS


def main(name: str, seconds: int = 300) -> None:
    """Run until time is over or something is not as it should be."""
    target, corpus = TARGETS[name], CACHE / f"fuzz-{name}"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.files()):
        (corpus / f"seed-{number}").write_bytes(data)
    limit_memory()
    with tempfile.TemporaryDirectory() as folder:

        def feed(data: bytes) -> None:
            ending = target.feed(data, folder)
            if ending not in _GOOD:
                raise RuntimeError(ending)

        options = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=20", "-rss_limit_mb=0"]
        atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={corpus}-", str(corpus)], feed)
        atheris.Fuzz()


if __name__ == "__main__":
    if not picture_targets.available(sys.argv[1]):
        sys.exit(f"{sys.argv[1]} needs the package {picture_targets.NEEDS[sys.argv[1]]}")
    main(sys.argv[1], *map(int, sys.argv[2:]))
