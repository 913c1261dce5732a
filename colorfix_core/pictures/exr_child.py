"""The process in which OpenEXR reads a picture: its library had memory errors every year."""

from __future__ import annotations

from typing import Any

import numpy as np

from colorfix_core.files import child
from colorfix_core.pictures.picture import Array

_MEMORY, _ANSWER = 32 << 30, 16 << 30


def main(source: str, target: str) -> None:
    """Read a file by OpenEXR and write its channels."""
    child.limit(_MEMORY, _ANSWER)
    np.savez(target, allow_pickle=False, **answer(source))


def answer(source: str) -> dict[str, Array]:
    """The channels of the picture in a file by their names, or why there is none.

    Returns
    -------
    "prefix", the name of the layer before R, G, B and A; "parts", how many there are;
    "channel NAME", (H, W) float16, float32 or uint32; or "error"
    """
    import OpenEXR

    try:
        number, prefix, parts = _main_part(OpenEXR, source)
        with OpenEXR.File(source, separate_channels=True, num_threads=0) as file:
            # What it cannot decode it says to the terminal, and leaves out.
            if len(file.parts) != parts:
                raise ValueError("its picture is damaged or cut")
            channels = file.parts[number].channels
            found = {f"channel {name}": _plain(one) for name, one in channels.items()}
    except (ValueError, RuntimeError, TypeError) as error:
        return {"error": np.array(str(error) or type(error).__name__)}
    return {"prefix": np.array(prefix), "parts": np.array(parts), **found}


def _main_part(library: Any, source: str) -> tuple[int, str, int]:
    """Which part holds the picture, and which layer of it."""
    with library.File(source, separate_channels=True, header_only=True) as file:
        names = [[channel.name for channel in part.header["channels"]] for part in file.parts]
        kinds = [part.header.get("type") for part in file.parts]
    if any(kind in (library.deepscanline, library.deeptile) for kind in kinds):
        raise ValueError("it holds deep data; flatten it and try again")
    layers = [(i, layer) for i, part in enumerate(names) for layer in layers_in(part)]
    plain = [place for place in layers if not place[1]] or layers
    if len(plain) == 1:
        return *plain[0], len(names)
    everything = sorted({name for part in names for name in part})
    raise ValueError(_why_not(everything, [layer or "RGB" for _, layer in plain]))


def layers_in(names: list[str]) -> list[str]:
    """The prefixes behind which there are R, G and B."""
    heads = [name[:-1] for name in names if name.endswith("R") and name[-2:-1] in ("", ".")]
    return [head for head in heads if {head + "G", head + "B"} <= set(names)]


def _why_not(names: list[str], layers: list[str]) -> str:
    if layers:
        return f"it holds {len(layers)} pictures ({', '.join(layers)}), and one was expected"
    if {"Y", "RY", "BY"} <= set(names):
        return "its colors are stored as brightness and differences; convert it to RGB"
    if set(names) <= {"Y", "A", "Z"}:
        return "it is greyscale: there is no colour to correct"
    return f"it holds no red, green and blue, but {', '.join(names[:8])}"


def _plain(channel: Any) -> Array:
    if channel.xSampling != 1 or channel.ySampling != 1:
        raise ValueError(f"its channel {channel.name} holds fewer pixels than others")
    return np.ascontiguousarray(channel.pixels)
