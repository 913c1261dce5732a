"""Several answers, each with a probability, instead of a gray mean of them."""

import torch
from torch import Tensor

from colorfix_core.color.lab import cie94, srgb_to_lab
from colorfix_core.networks.predictor import Candidates

# Width of the distribution around each candidate, in units of the distance.
TEMPERATURE = 1.5
# How much every candidate is drawn to every truth, so that none dies.
RELAXATION = 0.05
# How much the first is drawn to every truth: it is what most users see, so it should be near on
# average, while the others are free to be right now and then.
ANCHOR = 0.3
CHROMA = 0.25
# Color differences of ITU-R BT.601, as JPEG has them, by row of red, green, blue.
_TO_CB_CR = torch.tensor([[-0.168736, 0.5], [-0.331264, -0.418688], [0.5, -0.081312]])
ROUGHNESS = 40.0


def candidate_loss(
    candidates: Candidates, source: Tensor, target: Tensor, weight: Tensor
) -> tuple[Tensor, dict[str, float]]:
    """Likelihood of the truth under a mixture, one component for each candidate.

    After the multiple hypotheses of Hernandez-Juarez et al., "A Multi-Hypothesis Approach to
    Color Constancy", CVPR 2020, with the relaxed assignment of Rupprecht et al., "Learning in an
    Uncertain World", ICCV 2017.

    Parameters
    ----------
    candidates : of the predictor
    source, target : (B, P, 3) encoded pixels
    weight : (B,)

    Returns
    -------
    (scalar, figures for the log)
    """
    distances = candidate_distances(candidates, source, target)
    log_shares = candidates.logits.log_softmax(1)
    mixture = -TEMPERATURE * (log_shares - distances / TEMPERATURE).logsumexp(1)
    loss = (1 - RELAXATION - ANCHOR) * mixture
    loss = loss + RELAXATION * distances.mean(1) + ANCHOR * distances[:, 0]
    loss = (loss * weight).sum() / weight.sum() + ROUGHNESS * candidates.maps.roughness()
    likeliest = distances.detach().gather(1, candidates.logits.argmax(1, keepdim=True))
    return loss, {
        "likeliest": likeliest.mean().item(),
        "best": distances.detach().amin(1).mean().item(),
    }


def candidate_distances(candidates: Candidates, source: Tensor, target: Tensor) -> Tensor:
    """Mean CIE94 plus a share of the differences in mean chroma, of all and of skin: (B, C).

    Under uncertainty a distance alone is smallest for a color with too little chroma.
    """
    count = candidates.logits.shape[1]
    repeated = source.repeat_interleave(count, 0)
    got = srgb_to_lab(candidates.maps(repeated).clamp(-0.2, 1.2)).unflatten(0, (-1, count))
    wanted = srgb_to_lab(target)[:, None]
    distance = cie94(got, wanted.expand_as(got)).mean(2)
    missing = chroma(got) - chroma(wanted)
    skin = _is_skin(target)[:, None]
    of_skin = (missing * skin).mean(2)  # counts less where there is little of it
    return distance + CHROMA * (missing.mean(2).abs() + 2 * of_skin.abs())


def chroma(lab: Tensor) -> Tensor:
    """CIELAB chroma with a gradient at gray: (..., 3) CIELAB to (...)."""
    return torch.sqrt(lab[..., 1].square() + lab[..., 2].square() + 1e-4)


def _is_skin(encoded: Tensor) -> Tensor:
    """1 where (..., 3) encoded colors are in the range of skin, which `draw_pixels` cites."""
    cb, cr = (encoded @ _TO_CB_CR.to(encoded) * 255 + 128).unbind(-1)
    return ((cb >= 77) & (cb <= 127) & (cr >= 133) & (cr <= 173)).to(encoded.dtype)
