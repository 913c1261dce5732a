"""What every training shares: time limit, schedule, averaging, checkpoint, log, devices.

`accelerate` puts it on whatever is there: one CPU, CUDA, or several graphics cards with
`accelerate launch -m colorfix_training.train_predictor ...`; `--mixed_precision bf16` of
that launcher is heeded.
"""

import argparse
import copy
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast
from torch import Tensor, nn
from tqdm import tqdm


class Training:
    """Train a network for a given time; continues from its checkpoint.

    Parameters
    ----------
    network : trained in place; call `self.network`, which is on its device, for the loss
    arguments : the network's constructor arguments, stored with it
    output : folder for checkpoint.pt and log.jsonl
    minutes : training time, earlier parts counted in
    rate : peak learning rate of AdamW; short warm-up, then a cosine to zero
    average : decay of the moving average of the weights, which is what ships

    Attributes
    ----------
    step, seconds : so far, earlier parts counted in
    averaged : network of the averaged weights
    """

    def __init__(self, network: nn.Module, arguments: dict[str, Any], output: Path, minutes: float,
                 rate: float, average: float = 0.998):  # fmt: skip
        self.arguments, self.output = arguments, output
        self.limit, self.rate, self.decay = minutes * 60, rate, average
        self.step, self.seconds = 0, 0.0
        # Gradients of saturated layers are full of them, and they take ten times as long.
        torch.set_flush_denormal(True)
        self.accelerator = Accelerator()
        optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-4, fused=True)
        self.averaged = copy.deepcopy(network).requires_grad_(False).to(self.device)
        self.network, self.optimizer = self.accelerator.prepare(network, optimizer)
        output.mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def device(self) -> torch.device:
        """Where batches have to be."""
        return self.accelerator.device

    @property
    def seed(self) -> int:
        """Of the batches: another one after each resumption and in each process."""
        return 1000 * self.step + self.accelerator.process_index

    def run(
        self,
        loss_of_next_batch: Callable[[], tuple[Tensor, dict[str, float]]],
        validate: Callable[[nn.Module], dict[str, float]] = lambda network: {},
    ) -> None:
        """Step until the time is used up; validates every 500 steps, saves every minute."""
        started, saved = time.monotonic() - self.seconds, time.monotonic()
        facts: dict[str, float] = {}  # of the last step; there is none where the time is used up
        with tqdm(total=round(self.limit), initial=round(self.seconds), unit="s",
                  disable=None if self.accelerator.is_main_process else True) as bar:  # fmt: skip
            while self.seconds < self.limit:
                self.seconds = self._agreed(time.monotonic() - started)
                loss, facts = loss_of_next_batch()
                self._update(loss)
                bar.update(round(self.seconds) - bar.n)
                bar.set_postfix({"step": self.step, **facts}, refresh=False)
                if self.step % 500 == 0:
                    facts |= validate(self.averaged)
                if self.step % 50 == 0:
                    self._log(facts)
                if time.monotonic() - saved > 60:
                    self.save()
                    saved = time.monotonic()
        self._log(facts | validate(self.averaged))
        self.save()

    def save(self) -> None:
        """Write the checkpoint in one step."""
        if not self.accelerator.is_main_process:
            return
        state = {
            "network": self._bare.state_dict(),
            "average": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "arguments": self.arguments,
            "step": self.step,
            "seconds": self.seconds,
        }
        partial = self.output / "checkpoint.partial"
        torch.save(state, partial)
        partial.replace(self.output / "checkpoint.pt")

    @property
    def _bare(self) -> nn.Module:
        return self.accelerator.unwrap_model(self.network)

    def _agreed(self, seconds: float) -> float:
        """The first process's clock, so that all of them stop after the same step."""
        return float(broadcast(torch.tensor(seconds, device=self.device)))

    def _update(self, loss: Tensor) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * learning_rate_factor(self.seconds / self.limit)
        self.optimizer.zero_grad()
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        decay = min(self.decay, self.step / (self.step + 20))
        new = self._bare.parameters()
        for mean, value in zip(self.averaged.parameters(), new, strict=True):
            mean.lerp_(value.detach(), 1 - decay)

    def _resume(self) -> None:
        checkpoint = self.output / "checkpoint.pt"
        if not checkpoint.exists():
            return
        state = torch.load(checkpoint, weights_only=True, map_location=self.device)
        self._bare.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _log(self, facts: dict[str, float]) -> None:
        if not self.accelerator.is_main_process:
            return
        entry = {"step": self.step, "seconds": round(self.seconds), **facts}
        with open(self.output / "log.jsonl", "a") as log:
            log.write(json.dumps(entry) + "\n")


def training_options(
    description: str, output: str, batch: int, rate: float
) -> argparse.ArgumentParser:
    """Parser of what every training can be told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--output", type=Path, default=Path(output))
    parser.add_argument("--minutes", type=float, default=60, help="earlier parts counted in")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def learning_rate_factor(progress: float) -> float:
    """Short warm-up, then a cosine to zero; `progress` in [0, 1]."""
    return min(1.0, progress * 50 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0)))
