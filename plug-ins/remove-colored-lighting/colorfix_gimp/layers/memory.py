"""What a corrected layer remembers of its correction: how it was made, and from which layer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from colorfix_gimp.gimp import Gimp

NAME = "colorfix-correction"
_KEPT = Gimp.PARASITE_PERSISTENT | Gimp.PARASITE_UNDOABLE


class Memory(NamedTuple):
    """A correction that can be gone on with."""

    settings: dict[str, Any]
    original: Gimp.Layer


def remember(result: Gimp.Layer, original: Gimp.Layer, settings: Mapping[str, Any]) -> None:
    """Have a layer, in a file too, remember settings and the layer that it was made from."""
    found = {"settings": dict(settings), "original": original.get_tattoo()}
    data = json.dumps(found).encode()
    result.attach_parasite(Gimp.Parasite.new(NAME, _KEPT, list(data)))


def recalled(layer: Gimp.Layer) -> Memory | None:
    """What a layer remembers; None if that is nothing, or the original has gone."""
    parasite = layer.get_parasite(NAME)
    if parasite is None:
        return None
    try:
        found = json.loads(bytes(parasite.get_data()).rstrip(b"\0"))
        settings, tattoo = dict(found["settings"]), int(found["original"])
    except (ValueError, KeyError, TypeError):
        return None
    original = layer.get_image().get_layer_by_tattoo(tattoo)
    if original is None or original == layer:
        return None
    return Memory(settings, original)
