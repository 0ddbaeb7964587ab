"""Whether a law describes the trains: its errors of prediction, one read ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from crossbar.devices.fitting.mode import Mode
from crossbar.types import Doubles, Masks

BINS = 8  # of the conductance, for set and for reset pulses
LARGEST = 4.0  # standard deviations to which errors are cut, against wrong reads
POOR = 1e-3  # probability below which a law is not good enough


@dataclass(frozen=True, eq=False)
class Goodness:
    """Errors of prediction in their standard deviations, and what they say of the law.

    Attributes
    ----------
    errors, u : (reads,)
        Errors, and normalised conductances before the pulse, of all devices in a row.
    rising : (reads,) bool
        After a set pulse.
    steps
        Probability of mean errors as large as these at any conductance, if the law is right.
    spread
        That of squares of errors: the spread from pulse to pulse and the noise of reads.
    correlation
        Of an error with the next; 0 for a right law.
    wrong
        Share of reads that are further off than chance explains.
    """

    errors: Doubles
    u: Doubles
    rising: Masks
    steps: float
    spread: float
    correlation: float
    wrong: float

    @property
    def poor(self) -> bool:
        """Whether the mean steps are not those of the law."""
        return self.steps < POOR


def goodness(mode: Mode) -> Goodness:
    """Return how well the most probable parameters predict each read from those before it.

    Errors of a right law are independent and normal. Their means in bins of the conductance give a
    sum of squares that is chi-square, with at most as many degrees of freedom as bins; parameters
    that were fitted make it smaller, so that the probability is not too small.
    """
    model, theta = mode.model, mode.theta
    shared, mu, _ = model.split(theta)
    q, cells = len(model.law.shapes), model.data.cells
    none = np.zeros(cells, np.int64)
    noise, means = (np.repeat(one[None], cells, axis=0) for one in (shared[q:], mu))
    lanes = model.lanes(np.arange(cells), mode.cells.phi, noise, means, none)
    _, mean, variance = model.predicted(lanes, model.tables(shared[None, :q]))
    errors, u, rising, products = [], [], [], []
    for k in range(cells):
        part = model.data.of_cell(k)
        reads, kinds = model.data.reads.values[part], model.data.reads.kinds[part]
        n = len(reads)
        error = (reads - mean[k, :n]) / np.sqrt(variance[k, :n])
        at = np.clip((mean[k, :n] - lanes.low[k]) / (lanes.high[k] - lanes.low[k]), 0.0, 1.0)
        use = kinds != 0
        both = use[1:] & use[:-1]
        cut = np.clip(error, -LARGEST, LARGEST)
        products.append((cut[1:] * cut[:-1])[both])
        errors.append(error[use])
        u.append(at[use])
        rising.append(kinds[use] > 0)
    z, at, up = (np.concatenate(part) for part in (errors, u, rising))
    steps, spread = _probabilities(np.clip(z, -LARGEST, LARGEST), at, up)
    wrong = max(float(np.mean(np.abs(z) > LARGEST)) - 2 * float(special.ndtr(-LARGEST)), 0.0)
    return Goodness(z, at, up, steps, spread, float(np.concatenate(products).mean()), wrong)


def _probabilities(z: Doubles, u: Doubles, up: Masks) -> tuple[float, float]:
    """Return the probabilities of the means and of the squares of errors in bins of ``u``."""
    means, squares = [], []
    for kind in (True, False):
        own = np.flatnonzero(up == kind)
        for part in np.array_split(own[np.argsort(u[own], kind="stable")], BINS):
            if len(part) > 1:
                means.append(z[part].sum() ** 2 / len(part))
                squares.append(((z[part] ** 2 - 1).sum()) ** 2 / (2 * len(part)))
    each = (float(special.chdtrc(len(one), sum(one))) for one in (means, squares))
    return next(each), next(each)
