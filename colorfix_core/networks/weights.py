"""Weights on disk: a folder with config.json and one safetensors file, tied by hashes."""

import hashlib
import json
from pathlib import Path

from colorfix_core.errors import ModelError

CONFIG, WEIGHTS = "config.json", "model.safetensors"


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_network(folder: Path, build, vae_sha256: str, device):
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
    (module in float32 and evaluation mode, config dictionary)

    Raises
    ------
    ModelError : something is missing, damaged, or was trained with another VAE
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
        raise ModelError(
            f"The network in {folder} cannot be read; run the installer again to restore it."
        ) from error
    return network.to(device).eval().requires_grad_(False), config


def save_network(folder: Path, network, arguments: dict, vae_sha256: str, **facts) -> None:
    """Write config.json and model.safetensors (half precision) into `folder`."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.detach().to(torch.float16).contiguous() for k, v in network.state_dict().items()}
    save_file(state, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors keeps it from other users
    config = {"network": arguments, "vae_sha256": vae_sha256, **facts}
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n")


def _read_config(folder: Path) -> dict:
    try:
        return json.loads((folder / CONFIG).read_text())
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The network in {folder} is missing or damaged; run the installer again to restore it."
        ) from error
