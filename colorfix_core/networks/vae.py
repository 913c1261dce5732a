"""The variational autoencoder: thumbnails to latent distributions and back.

Any diffusers `AutoencoderKL` with three colour channels and an eightfold reduction will do.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from colorfix_core.errors import ModelError
from colorfix_core.networks.encoder import load_encoder
from colorfix_core.networks.machine import pass_on
from colorfix_core.networks.weights import sha256


class Vae:
    """A frozen `AutoencoderKL` on one device.

    Attributes
    ----------
    sha256 : hexadecimal hash of the weights file, which predictors are tied to
    """

    def __init__(self, folder: Path, device: torch.device, weights: Path):
        self._folder, self._device = folder, device
        self.sha256 = sha256(weights)
        self._encode: Callable[[Tensor], Tensor]
        encoder = load_encoder(folder, weights)
        if encoder is not None:
            self._encode = encoder.to(device).eval().requires_grad_(False)
        else:
            whole = self._autoencoder
            self._encode = lambda pictures: whole.encode(pictures).latent_dist.parameters

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> Vae:
        """Load a diffusers directory; raises ModelError when it is missing or damaged."""
        weights = Path(folder) / "diffusion_pytorch_model.safetensors"
        if not weights.is_file():
            raise ModelError(
                f"The VAE weights are missing ({weights}); run the installer again to restore them."
            )
        try:
            return cls(Path(folder), device, weights)
        except Exception as error:  # every damaged file fails in its own way
            pass_on(error)
            raise ModelError(
                f"The VAE in {folder} cannot be read ({_first_line(error)}); "
                "run the installer again to restore it."
            ) from error

    @torch.no_grad()
    def encode(self, pictures: Tensor) -> Tensor:
        """Encode (B, 3, 224, 224) in [0, 1] to (B, 8, 28, 28): mean, then log-variance."""
        return self._encode(pictures * 2 - 1)

    @torch.no_grad()
    def decode(self, mean: Tensor) -> Tensor:
        """Decode (B, 4, 28, 28) latent means to (B, 3, 224, 224) in [0, 1]."""
        return (self._autoencoder.decode(mean).sample / 2 + 0.5).clamp(0, 1)

    @cached_property
    def _autoencoder(self) -> Any:
        """All of it, by diffusers; only the balancer needs it."""
        # low_cpu_mem_usage would need the accelerate package.
        model = _autoencoder_class().from_pretrained(
            str(self._folder), use_safetensors=True, local_files_only=True, low_cpu_mem_usage=False
        )
        return model.to(self._device, torch.float32).eval().requires_grad_(False)


def _autoencoder_class() -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from colorfix_core.networks.diffusers_import import autoencoder_class

    autoencoder = autoencoder_class()
    from diffusers.utils import logging

    logging.set_verbosity_error()
    return autoencoder


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
