"""The process in which OpenColorIO reads a file that nobody has vouched for.

Its readers had memory errors (CVE-2026-42450). What is read here may crash, loop or eat memory
without harm to the process that asks. The answer holds a LUT, or one sentence.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from colorfix_core.files import child
from colorfix_core.luts.data import Array, LutData
from colorfix_core.messages import listening

_BEGIN, _END = (re.compile(rb"(?im)^\s*" + word + rb" METADATA") for word in (b"BEGIN", b"END"))


def main(source: str, target: str) -> None:
    """Read a LUT file by OpenColorIO and write the answer."""
    child.limit()
    np.savez(target, allow_pickle=False, **answer(source))


def answer(source: str) -> dict[str, Array]:
    """The arrays that stand for a LUT, or for the reason why there is none."""
    import PyOpenColorIO as ocio

    from colorfix_core.luts.formats import ocio_chains

    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)
    try:
        _refuse_endless(source)
        with listening() as told:
            return _packed(ocio_chains.lut_of(source), told)
    except (ocio.Exception, ValueError) as error:
        return {"error": np.array(_reason(str(error), source))}


def _refuse_endless(source: str) -> None:
    """OpenColorIO seeks the end of a .csp file's metadata until memory is full."""
    data = Path(source).read_bytes()
    begun = _BEGIN.search(data)
    if source.endswith(".csp") and begun and not _END.search(data, begun.end()):
        raise ValueError("its metadata begin and do not end: END METADATA is missing")


def _packed(lut: LutData, told: list[str]) -> dict[str, Array]:
    parts = {
        "table": lut.table,
        "domain": np.array([lut.domain_min, lut.domain_max]),
        "title": np.array(lut.title),
        "comments": np.array(lut.comments, np.str_),
        "told": np.array(told, np.str_),
    }
    if lut.shaper is not None:
        parts["curve"] = lut.shaper.curve
        parts["curve_domain"] = np.array([lut.shaper.domain_min, lut.shaper.domain_max])
    return parts


def _reason(text: str, source: str) -> str:
    """OpenColorIO's own sentence of a failure, from the reader for the file's extension."""
    text = text.replace(source, os.path.basename(source))
    failures = re.findall(r"' failed with: (.*?)(?='[^'\n]+' failed with: |$)", text, re.DOTALL)
    reason = " / ".join(failures) or text or "no reason given"
    return " ".join(reason.split())
