"""Colour in numbers. `ciede2000` is here by its name alone; it imports torch when first used."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name != "ciede2000":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.lab").ciede2000
