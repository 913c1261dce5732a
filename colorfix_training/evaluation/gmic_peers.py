"""Two peers from G'MIC: balances that the makers of its community filters wrote.

`gcd_auto_balance` (garagecoder: brightness by a map, then channels balanced) and `iain_auto_wb`
(Iain Fergusson: the balance with the greatest variance of hue), as its plug-in for GIMP offers
them, with the plug-in's defaults. The Python package `gmic` (3.6.3) knows both; the program of
Debian 12 (2.9.4) knows neither, as its filters come from the net.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import metadata

import numpy as np

_COMMANDS = {
    "gcd_auto_balance": "gcd_auto_balance 30,0,0,1,0",
    "iain_auto_wb": "iain_auto_wb 5,5,95,95,1,0",
}


def methods() -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Those peers by name, from (H, W, 3) uint8 to the same; ImportError without the package."""
    import gmic  # noqa: F401

    return {name: partial(_run, command) for name, command in _COMMANDS.items()}


def version() -> str:
    """Of the package, as results depend on it."""
    return metadata.version("gmic")


def _run(command: str, picture: np.ndarray) -> np.ndarray:
    import gmic

    # G'MIC's axes are x, y, z, channel.
    image = gmic.Image(picture.astype(np.float32).swapaxes(0, 1)[:, :, None])
    result = gmic.run(command, gmic.ImageList([image]))[0].to_numpy()
    return np.asarray(result[:, :, 0].swapaxes(0, 1).clip(0, 255).round().astype(np.uint8))
