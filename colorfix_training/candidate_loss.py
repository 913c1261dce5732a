"""Several answers, each with a probability, instead of a gray mean of them."""

import torch
from torch import Tensor

from colorfix_core.color.lab import cie94, srgb_to_lab
from colorfix_core.networks.predictor import Candidates

# Width of the distribution around each candidate, in units of the distance.
TEMPERATURE = 2.0
# How much every candidate is drawn to every truth, so that none dies.
RELAXATION = 0.05
CHROMA = 0.25
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
    loss = (1 - RELAXATION) * mixture + RELAXATION * distances.mean(1)
    loss = (loss * weight).sum() / weight.sum() + ROUGHNESS * candidates.maps.roughness()
    likeliest = distances.detach().gather(1, candidates.logits.argmax(1, keepdim=True))
    return loss, {
        "likeliest": likeliest.mean().item(),
        "best": distances.detach().amin(1).mean().item(),
    }


def candidate_distances(candidates: Candidates, source: Tensor, target: Tensor) -> Tensor:
    """Mean CIE94 plus a share of the difference in mean chroma: (B, C).

    Under uncertainty a distance alone is smallest for a color with too little chroma.
    """
    count = candidates.logits.shape[1]
    repeated = source.repeat_interleave(count, 0)
    got = srgb_to_lab(candidates.maps(repeated).clamp(-0.2, 1.2)).unflatten(0, (-1, count))
    wanted = srgb_to_lab(target)[:, None]
    distance = cie94(got, wanted.expand_as(got)).mean(2)
    return distance + CHROMA * (_mean_chroma(got) - _mean_chroma(wanted)).abs()


def _mean_chroma(lab: Tensor) -> Tensor:
    """(..., P, 3) CIELAB to (...)."""
    return torch.sqrt(lab[..., 1].square() + lab[..., 2].square() + 1e-4).mean(-1)
