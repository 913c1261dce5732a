"""Which Little CMS reads the ICC profiles of pictures, and whether it is one with known faults."""

from __future__ import annotations

import re

import imagecodecs
from PIL import features

# Before it damaged profiles can read or write where they must not: CVE-2026-41254 and -42798.
SAFE = (2, 19)
USED = "imagecodecs"  # what converts colors; Pillow has one, too, that is not asked


def versions() -> dict[str, str]:
    """The version in each package that brings its own."""
    return {
        USED: imagecodecs.cms_version().removeprefix("lcms2 "),
        "pillow": features.version("littlecms2") or "none",
    }


def warning(used: str | None = None) -> str | None:
    """What the user should know of the version in use, or of another; None if all is well."""
    used = used or versions()[USED]
    if _number(used) >= SAFE:
        return None
    wanted = ".".join(map(str, SAFE))
    return (
        f"lcms2 {used} is older than {wanted} and has known faults with damaged ICC profiles "
        f"(CVE-2026-42798); update {USED} as soon as it brings {wanted}, and until then leave "
        "pictures of strangers alone."
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
