"""What another Python is started with: nothing but what is known to do no harm.

A list of what is let through, since nobody can name all that leads a Python astray: AppImages
preload every library that they bundle and name their mount, Flatpaks and GIMP set search paths,
users have PYTHONPATH. The installer has such a list of its own, for it has to do without the core.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_LET_THROUGH = frozenset((
    "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR",
    "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
    # Windows starts nothing without these.
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP",
    "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES",
    "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
))  # fmt: skip
# The language, our own settings, and which of the cards and cores may be used.
_LET_THROUGH_IF_NAMED = ("LC_", "COLORFIX_", "HF_HUB_", "CUDA_", "NVIDIA_", "OMP_", "KMP_")
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


def clean_environment(environment: Mapping[str, str] | None = None, **more: str) -> dict[str, str]:
    """The environment for another Python.

    Parameters
    ----------
    environment : what to choose from; None: that of this process
    more : what is set besides
    """
    source = os.environ if environment is None else environment
    clean = {
        key: value
        for key, value in source.items()
        if key.upper() in _LET_THROUGH or key.startswith(_LET_THROUGH_IF_NAMED)
    }
    # A mounted GIMP puts its own programs first.
    clean["PATH"] = source.get("PATH", "") if os.name == "nt" else _SYSTEM_PATH
    return {**clean, **more}
