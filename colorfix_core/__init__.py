"""Remove coloured light from photographs: picture -> latent -> colour LUT -> picture.

    from colorfix_core import ColorFixer, Lut3D

    fixer = ColorFixer.load(device="auto")
    lut = fixer.predict(image)
    fixed = lut.apply(image)
    lut.save("look.cube")

Nothing heavy is imported until the first of these names is used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["ColorFixer", "Lut3D", "__version__"]

_HOME = {"ColorFixer": "fixer", "Lut3D": "luts.lut"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
