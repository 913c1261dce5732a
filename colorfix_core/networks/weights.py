"""Weights on disk: a folder with config.json and one safetensors file, tied by hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from torch import device as Device
from torch import nn

from colorfix_core.errors import ModelError
from colorfix_core.files.replace import replacing
from colorfix_core.networks.machine import pass_on

CONFIG, WEIGHTS = "config.json", "model.safetensors"

Network = TypeVar("Network", bound=nn.Module)


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_network(
    folder: Path, build: Callable[..., Network], vae_sha256: str, device: str | Device
) -> Network:
    """Build a network from its config and fill it with its weights.

    Parameters
    ----------
    folder : holds config.json (a "network" table of arguments, "vae_sha256") and
        model.safetensors
    build : called with the "network" table as keyword arguments, returns a torch module
    vae_sha256 : hash of the VAE in use
    device : torch device of the result

    Returns
    -------
    module in float32 and evaluation mode, without gradients

    Raises
    ------
    ModelError : something is missing, damaged, or was trained with another VAE
    MemoryError, RuntimeError : the memory does not suffice, or the graphics card has failed
    """
    config = _read_config(folder)
    if config.get("vae_sha256") != vae_sha256:
        raise ModelError(
            f"The network in {folder} was trained with another VAE; "
            "install models/vae and this network from the same release."
        )
    from safetensors.torch import load_file

    try:
        # Not on the "meta" device: initial weights there make torch import SymPy, or even its
        # compiler, which takes as long as importing torch.
        network = build(**config["network"])
        state = {name: value.float() for name, value in load_file(folder / WEIGHTS).items()}
        network.load_state_dict(state, assign=True)
    except Exception as error:  # every damaged file fails in its own way
        pass_on(error)
        raise ModelError(
            f"The network in {folder} cannot be read; run the installer again to restore it."
        ) from error
    return network.to(device).eval().requires_grad_(False)


def save_network(
    folder: Path, network: nn.Module, arguments: dict[str, Any], vae_sha256: str, **facts: object
) -> None:
    """Write config.json and model.safetensors (half precision) into `folder`.

    Parameters
    ----------
    arguments : what the network was built with
    vae_sha256 : hash of the VAE that it was trained with
    facts : whatever else config.json is to tell, such as how long it was trained
    """
    import torch
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.detach().to(torch.float16).contiguous() for k, v in network.state_dict().items()}
    with replacing(folder / WEIGHTS) as part:
        part.write_bytes(save(state))
    config = {"network": arguments, "vae_sha256": vae_sha256, **facts}
    with replacing(folder / CONFIG) as part:
        part.write_text(json.dumps(config, indent=2) + "\n")


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text())
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The network in {folder} is missing or damaged; run the installer again to restore it."
        ) from error
    return dict(config)
