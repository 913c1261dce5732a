"""What every training shares: time limit, schedule, averaging, checkpoint, log."""

import copy
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn


class Training:
    """Train a network for a given time; continues from its checkpoint.

    Parameters
    ----------
    network : trained in place
    arguments : the network's constructor arguments, stored with it
    output : folder for checkpoint.pt and log.jsonl
    minutes : training time, earlier parts counted in
    rate : peak learning rate of AdamW; short warm-up, then a cosine to zero
    average : decay of the moving average of the weights, which is what ships
    """

    def __init__(self, network: nn.Module, arguments: dict, output: Path, minutes: float,
                 rate: float, average: float = 0.998):  # fmt: skip
        self.network, self.arguments, self.output = network, arguments, output
        self.limit, self.rate, self.decay = minutes * 60, rate, average
        self.averaged = copy.deepcopy(network).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-4)
        self.step, self.seconds = 0, 0.0
        output.mkdir(parents=True, exist_ok=True)
        self._resume()

    def run(self, loss_of_next_batch: Callable[[], tuple[Tensor, dict[str, float]]]) -> None:
        """Step until the time is used up; saves every minute."""
        started, saved = time.monotonic() - self.seconds, time.monotonic()
        while self.seconds < self.limit:
            self.seconds = time.monotonic() - started
            loss, facts = loss_of_next_batch()
            self._update(loss)
            if self.step % 50 == 0:
                self._log(facts)
            if time.monotonic() - saved > 60:
                self.save()
                saved = time.monotonic()
        self.save()

    def save(self) -> None:
        """Write the checkpoint in one step."""
        state = {
            "network": self.network.state_dict(),
            "average": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "arguments": self.arguments,
            "step": self.step,
            "seconds": self.seconds,
        }
        partial = self.output / "checkpoint.partial"
        torch.save(state, partial)
        partial.replace(self.output / "checkpoint.pt")

    def _update(self, loss: Tensor) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * learning_rate_factor(self.seconds / self.limit)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        decay = min(self.decay, self.step / (self.step + 20))
        for mean, new in zip(self.averaged.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(new.detach(), 1 - decay)

    def _resume(self) -> None:
        checkpoint = self.output / "checkpoint.pt"
        if not checkpoint.exists():
            return
        state = torch.load(checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _log(self, facts: dict[str, float]) -> None:
        entry = {"step": self.step, "seconds": round(self.seconds), **facts}
        with open(self.output / "log.jsonl", "a") as log:
            log.write(json.dumps(entry) + "\n")


def learning_rate_factor(progress: float) -> float:
    """Short warm-up, then a cosine to zero; `progress` in [0, 1]."""
    return min(1.0, progress * 50 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0)))
