"""How noisy a picture is where it is flat, JPEG's block borders included."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorfix_core.pixels.depths import full

Array = NDArray[np.float32]

_BLOCK = 8
# Half a block off JPEG's grid, so that a step between two of its blocks lies inside one of ours.
_OFFSET = 4
_MOST = 4096  # blocks that are looked at, evenly spread
_SHARE = 0.2  # of them that count as flat: the least uneven ones


class FlatParts(NamedTuple):
    """Noise of a picture."""

    colors: Array  # (N, 3) encoded mean of each flat block, in [0, 1]
    noise: Array  # (3, 3) covariance of R, G and B around a plane through each block


def flat_parts(picture: NDArray[Any]) -> FlatParts | None:
    """Look at an (H, W, 3) picture at its own resolution: a thumbnail has no noise left.

    Parameters
    ----------
    picture : uint8, uint16, or float in [0, 1], encoded

    Returns
    -------
    None where no block of 8 x 8 pixels is free of clipping
    """
    blocks = _some_blocks(picture)
    blocks = blocks[((blocks > 0) & (blocks < 1)).all((1, 2))]
    if not len(blocks):
        return None
    rest = without_planes(blocks)
    noise = np.einsum("npc,npd->ncd", rest, rest) / (_BLOCK**2 - 3)
    uneven = np.trace(noise, axis1=1, axis2=2)
    flat = uneven <= np.quantile(uneven, _SHARE)
    return FlatParts(blocks[flat].mean(1), noise[flat].mean(0))


def _some_blocks(picture: NDArray[Any]) -> Array:
    """Evenly spread blocks, (N, 64, 3) in [0, 1]."""
    rows, columns = (np.arange(_OFFSET, side - _BLOCK + 1, _BLOCK) for side in picture.shape[:2])
    corners = np.stack(np.meshgrid(rows, columns, indexing="ij"), -1).reshape(-1, 2)
    corners = corners[:: max(1, -(-len(corners) // _MOST))]
    down, right = np.mgrid[:_BLOCK, :_BLOCK].reshape(2, -1)
    y, x = corners[:, :1] + down, corners[:, 1:] + right
    blocks = picture[y, x, :3]
    return np.asarray(blocks / np.float32(full(blocks.dtype)), np.float32)


def without_planes(blocks: Array) -> Array:
    """What a plane through each square block leaves of it, (N, pixels of a block, channels)."""
    side = math.isqrt(blocks.shape[1])
    y, x = np.mgrid[:side, :side].reshape(2, -1)
    basis, _ = np.linalg.qr(np.stack([np.ones_like(x), x, y], 1).astype(np.float64))
    left = (np.eye(side**2) - basis @ basis.T).astype(np.float32)
    return np.asarray(np.einsum("pq,nqc->npc", left, blocks))
