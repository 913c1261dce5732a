"""The loaded networks on one device: the one door to weights, for the product and for measuring.

thumbnail -> vae.encode -> predictor -> tables, or with local lights two and their places
                        -> balancer  -> vae.decode -> fitted table
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorfix_core.messages import tell
from colorfix_core.networks.averaged_features import AveragedFeatures
from colorfix_core.networks.balancer import Balancer, balanced_table
from colorfix_core.networks.classical_estimates import clues
from colorfix_core.networks.local_lights import LocalLights
from colorfix_core.networks.machine import is_of_card, pass_on
from colorfix_core.networks.predictor import Candidates, Predictor
from colorfix_core.networks.vae import Vae
from colorfix_core.networks.weights import WEIGHTS, load_network, sha256

_FULL = "The graphics card ran out of memory, so the CPU predicted instead."
_FAILED = "The graphics card failed, so the CPU predicted instead."

Network = TypeVar("Network", Predictor, Balancer)
Result = TypeVar("Result")


class LocalTables(NamedTuple):
    """What is found of several lights in a thumbnail, and of one that would be all there is."""

    tables: np.ndarray  # of candidates, and
    probabilities: np.ndarray  # as of `Networks.predict_tables`
    of_lights: np.ndarray  # (L, N, N, N, 3) float32 tables indexed [r, g, b], in [0, 1]
    shares: np.ndarray  # (L, 28, 28), how much of each light places get


class Networks:
    """The VAE, the predictor and, once it is asked for, the balancer.

    Parameters
    ----------
    models : folder with vae/, predictor/, local/ and balancer/
    device : "cpu", "cuda" or "cuda:N", which exists

    Attributes
    ----------
    device : as given; becomes "cpu" when the graphics card fails or lacks memory, and the user is
        told

    Raises
    ------
    ModelError : weights are missing, damaged, or do not belong together
    MemoryError : the processor's memory does not suffice
    """

    def __init__(self, models: Path, device: str):
        self.models, self.device = models, device
        self._or_on_cpu(self._load)

    def predict_tables(
        self, picture: np.ndarray, size: int, thoroughness: float = 0.5
    ) -> tuple[np.ndarray, np.ndarray]:
        """The color maps that the predictor finds possible for a thumbnail.

        Parameters
        ----------
        picture : (224, 224, 3) float in [0, 1], sRGB-encoded
        size : points along each axis
        thoroughness : 0 careful to 1 thorough

        Returns
        -------
        (C, N, N, N, 3) float32 tables indexed [r, g, b], in [0, 1]; (C,) probabilities
        """

        def propose() -> tuple[Tensor, Tensor]:
            proposed, *_ = self._propose(self._batch(picture), thoroughness)
            return _tables(proposed, size)

        tables, probabilities = self._run(propose)
        return tables.cpu().numpy(), probabilities.cpu().numpy()

    def predict_local_tables(
        self, picture: np.ndarray, size: int, thoroughness: float = 0.5
    ) -> LocalTables:
        """The maps of two lights in a thumbnail, and where each of them falls.

        Parameters are those of `predict_tables`, whose answer is given as well.
        """

        def look() -> tuple[Tensor, ...]:
            batch = self._batch(picture)
            proposed, latent, features = self._propose(batch, thoroughness)
            common = proposed.likeliest()
            before = F.adaptive_avg_pool2d(batch, (latent.shape[2], latent.shape[3]))
            after = common(before.flatten(2).movedim(1, 2)).clamp(0, 1).movedim(1, 2)
            local = self.local_lights(latent, before, after.view_as(before), features)
            grid = common.tables(size).view(1, -1, 3).expand(len(local.shares[0]), -1, -1)
            tables = local.maps(grid).clamp(0, 1)
            tables = tables.view(-1, size, size, size, 3)
            return *_tables(proposed, size), tables, local.shares[0]

        return LocalTables(*(found.cpu().numpy() for found in self._run(look)))

    def balanced_table(self, picture: np.ndarray) -> np.ndarray:
        """The balancer's color map for such a thumbnail, (9, 9, 9, 3)."""

        def balance() -> Tensor:
            return balanced_table(self.balancer, self.vae, self.vae.encode(self._batch(picture)))

        return np.asarray(self._run(balance).cpu().numpy())

    def describe(self) -> dict[str, str]:
        """Which weights are in use, with their SHA-256."""
        found = {"folder": str(self.models), "vae": self.vae.sha256}
        for name in ("predictor", "local", "balancer"):
            path = self.models / name / WEIGHTS
            found[name] = sha256(path) if path.is_file() else "missing"
        return found

    @cached_property
    def balancer(self) -> Balancer:
        """The network of the second method, loaded when it is first used."""
        return self._averaged("balancer", Balancer)

    def _propose(self, batch: Tensor, thoroughness: float) -> tuple[Candidates, Tensor, Tensor]:
        """Candidates for one picture, its latent, and the features of its cast."""
        wish = batch.new_tensor([thoroughness])
        latent = self.vae.encode(batch)
        features = self.predictor.cast(latent, clues(batch, wish))
        proposed = self.predictor.read(features)
        return proposed, latent, features

    @cached_property
    def local_lights(self) -> LocalLights:
        """The network that tells two lights apart, loaded when it is first used."""
        return load_network(self.models / "local", LocalLights, self.vae.sha256, self.device)

    def _load(self) -> None:
        self.vae = Vae.load(self.models / "vae", torch.device(self.device))
        self.predictor = self._averaged("predictor", Predictor)

    def _averaged(self, name: str, kind: type[Network]) -> Network:
        """A network as it is used: its features are averaged over parts of the picture."""
        network = load_network(self.models / name, kind, self.vae.sha256, self.device)
        network.add_module("features", AveragedFeatures(network.features))
        return network

    def _run(self, work: Callable[[], Result]) -> Result:
        """Run networks, which need no gradients."""
        with torch.inference_mode():
            return self._or_on_cpu(work)

    def _or_on_cpu(self, work: Callable[[], Result]) -> Result:
        """Do some work; on the CPU from now on where the graphics card cannot.

        After most errors a process can never use the card again.
        """
        try:
            return work()
        except Exception as error:
            if not is_of_card(error):
                pass_on(error)
                raise
            tell(_FULL if isinstance(error, torch.OutOfMemoryError) else _FAILED)
        self.device = "cpu"
        for name in ("balancer", "local_lights"):
            self.__dict__.pop(name, None)
        self._load()
        return work()

    def _batch(self, picture: np.ndarray) -> Tensor:
        """One picture as (1, 3, 224, 224) on the device."""
        values = torch.from_numpy(np.ascontiguousarray(picture, np.float32))
        return values.permute(2, 0, 1)[None].to(self.device)


def _tables(proposed: Candidates, size: int) -> tuple[Tensor, Tensor]:
    """The tables of one picture's candidates, and their probabilities."""
    return proposed.maps.tables(size), proposed.logits.softmax(1)[0]
