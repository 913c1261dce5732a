"""The encoder of a diffusers `AutoencoderKL` in plain torch, which imports in no time.

Importing diffusers takes longer than everything else between a picture and its LUT except torch
itself. The modules carry diffusers' names, so that its weights fit.
"""

import json
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional as F

# What `Encoder` relies on; other autoencoders are left to diffusers.
_PLAIN = {
    "act_fn": "silu", "in_channels": 3, "mid_block_add_attention": False, "use_quant_conv": False,
}  # fmt: skip


class Encoder(nn.Module):
    """(B, 3, H, W) in [-1, 1] to (B, 2 latent, h, w): mean, then log-variance.

    Each entry of `channels` is a resolution, half of the one before.
    """

    def __init__(self, channels: list[int], layers: int, groups: int, latent: int):
        super().__init__()
        first, last = channels[0], channels[-1]
        self.conv_in = nn.Conv2d(3, first, 3, padding=1)
        self.down_blocks = nn.ModuleList(
            _Down(source, target, layers, groups, halved=number < len(channels))
            for number, (source, target) in enumerate(
                zip([first, *channels], channels, strict=False), start=1
            )
        )
        self.mid_block = _Down(last, last, 2, groups, halved=False)
        self.conv_norm_out = nn.GroupNorm(groups, last, eps=1e-6)
        self.conv_out = nn.Conv2d(last, 2 * latent, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 8 h, 8 w) in [-1, 1] to (B, 2 latent, h, w)."""
        x = self.conv_in(x)
        for block in self.down_blocks:
            x = block(x)
        return self.conv_out(F.silu(self.conv_norm_out(self.mid_block(x))))


class _Down(nn.Module):
    """Residual blocks at one resolution, and the step to the next."""

    def __init__(self, source: int, target: int, layers: int, groups: int, halved: bool):
        super().__init__()
        self.resnets = nn.ModuleList(
            _Residual(target if index else source, target, groups) for index in range(layers)
        )
        self.downsamplers = nn.ModuleList([_Halve(target)] if halved else [])

    def forward(self, x: Tensor) -> Tensor:
        for block in (*self.resnets, *self.downsamplers):
            x = block(x)
        return x


class _Residual(nn.Module):
    """x + conv(silu(norm(conv(silu(norm(x))))))."""

    def __init__(self, source: int, target: int, groups: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, source, eps=1e-6)
        self.conv1 = nn.Conv2d(source, target, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, target, eps=1e-6)
        self.conv2 = nn.Conv2d(target, target, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(source, target, 1) if source != target else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(F.silu(self.norm1(x)))
        return self.conv_shortcut(x) + self.conv2(F.silu(self.norm2(y)))


class _Halve(nn.Module):
    """A convolution with stride 2, padded at the right and the bottom only."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, (0, 1, 0, 1)))


def load_encoder(folder: Path, weights: Path) -> Encoder | None:
    """The encoder of a diffusers directory in float32; None if it is not of this plain kind."""
    from safetensors import safe_open

    config = json.loads((folder / "config.json").read_text())
    if any(config.get(key) != value for key, value in _PLAIN.items()):
        return None
    if set(config["down_block_types"]) != {"DownEncoderBlock2D"}:
        return None
    encoder = Encoder(
        config["block_out_channels"],
        config["layers_per_block"],
        config["norm_num_groups"],
        config["latent_channels"],
    )
    with safe_open(weights, "pt") as file:
        names = [name for name in file.keys() if name.startswith("encoder.")]  # noqa: SIM118
        state = {name.removeprefix("encoder."): file.get_tensor(name).float() for name in names}
    encoder.load_state_dict(state)
    return encoder
