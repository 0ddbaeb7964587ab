"""Variance of a result by cause: the device, the seed, the chip of a seed, and the rest.

The result of draw d of the device, seed s and chip c of that seed is

    y = m + D_d + S_s + C_sc + (DS)_ds + E_dsc,

independent effects of mean zero. Draws are crossed with seeds and chips, chips are nested in
seeds. E is what device and chip do together, and noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.intervals import CONFIDENCE, Interval
from crossbar.types import Floats

DEVICE, SEED, CHIP, REST = "device", "seed", "chip", "rest"
TRIES = 2**15  # random mean squares, of which intervals are quantiles


@dataclass(frozen=True)
class Term:
    """A mean square of the analysis of variance, and an effect that it is the first to hold.

    Attributes
    ----------
    cause
        Whose variance the effect adds to.
    levels
        How many independent values the effect has in the table.
    freedom
        Degrees of freedom of the mean square.
    square
        The mean square.
    expected
        Its expectation: a factor for the variance of the effect of every term.
    """

    cause: str
    levels: int
    freedom: int
    square: float
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Part:
    """The variance due to one cause.

    Attributes
    ----------
    variance
        Unbiased estimate, which may be below zero.
    low, high
        95 % interval, at least zero.
    share
        Of the variance of one result, estimates below zero counted as zero.
    """

    variance: float
    low: float
    high: float
    share: float

    @property
    def resolved(self) -> bool:
        """Whether it differs from zero."""
        return self.low > 0


@dataclass(frozen=True)
class Components:
    """The variance of results, by cause.

    Attributes
    ----------
    parts
        By cause, of those that vary in the table.
    one
        The mean of the results with the 95 % interval of one more: another draw of the device,
        another seed, another chip.
    mean
        The same with the interval of the mean over seeds and chips, for another draw.
    """

    parts: dict[str, Part]
    one: Interval
    mean: Interval


def components(y: Floats, resampling: float = 0.0) -> Components:
    """Return the variance of the results ``y`` (draws, seeds, chips of a seed), by cause.

    Estimates are those of the analysis of variance: mean squares equal their expectations.
    Intervals are generalised: with n degrees of freedom a mean square is its expectation times
    chi^2(n)/n, so that random chi^2 turn the mean squares seen into expectations that could have
    been. Where there is one chip a seed, ``seed`` is seed and chip together; where there is one
    seed, its variance is not in any interval.

    Parameters
    ----------
    resampling
        Test over training samples, where every seed splits one pool of samples again: intervals
        are wider, as of :func:`crossbar.intervals.student`.

    Source: Searle, Casella and McCulloch, Variance Components, 1992, chapter 4 (expected mean
    squares); Weerahandi, J. Am. Stat. Assoc. 88:899, 1993 (generalised intervals). Valid for:
    normal effects, at least two draws, no result missing.
    """
    terms = _terms(y)
    solve = np.linalg.inv([term.expected for term in terms])
    squares, freedom, levels = (
        np.array([getattr(term, name) for term in terms], float)
        for name in ("square", "freedom", "levels")
    )
    rng = np.random.default_rng(0)
    drawn = squares * freedom / rng.chisquare(freedom, (TRIES, len(terms)))
    could = np.maximum(drawn @ solve.T, 0.0)
    estimates = solve @ squares
    causes = [term.cause for term in terms]
    total = float(np.maximum(estimates, 0.0).sum())
    parts = {}
    for cause in dict.fromkeys(causes):
        own = [k for k, one in enumerate(causes) if one == cause]
        ends = np.quantile(drawn @ solve[own].sum(0), (0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2))
        low, high = np.maximum(ends, 0.0)
        share = float(np.maximum(estimates[own], 0.0).sum()) / total if total else 0.0
        parts[cause] = Part(float(estimates[own].sum()), float(low), float(high), share)
    z = np.abs(rng.standard_normal(TRIES))
    of_device, of_seed = (np.array([own == cause for own in causes]) for cause in (DEVICE, SEED))
    middles = 1.0 / levels + resampling * of_seed
    one, mean = could @ (1.0 + middles), could @ (of_device + middles)
    middle = float(y.mean())
    halves = [float(np.quantile(z * np.sqrt(v), CONFIDENCE)) for v in (one, mean)]
    return Components(parts, *(Interval(middle, middle - half, middle + half) for half in halves))


def _terms(y: Floats) -> list[Term]:
    """Return the mean squares of the table ``y`` that have degrees of freedom."""
    d, s, c = y.shape
    whole, by_draw, by_seed = y.mean(), y.mean((1, 2)), y.mean((0, 2))
    by_chip, by_both = y.mean(0), y.mean(2)
    deviations = {
        (DEVICE, d, d - 1): s * c * (by_draw - whole) ** 2,
        (SEED, s, s - 1): d * c * (by_seed - whole) ** 2,
        (CHIP, s * c, s * (c - 1)): d * (by_chip - by_seed[:, None]) ** 2,
        (REST, d * s, (d - 1) * (s - 1)): c * (by_both - by_draw[:, None] - by_seed + whole) ** 2,
        (REST, d * s * c, s * (d - 1) * (c - 1)): (
            y - by_both[:, :, None] - by_chip + by_seed[:, None]
        )
        ** 2,
    }
    expected = np.array([
        (s * c, 0, 0, c, 1), (0, d * c, d, c, 1), (0, 0, d, 0, 1), (0, 0, 0, c, 1), (0, 0, 0, 0, 1),
    ])  # fmt: skip
    kept = [k for k, (_, _, freedom) in enumerate(deviations) if freedom]
    return [
        Term(cause, levels, freedom, float(values.sum()) / freedom, tuple(expected[k][kept]))
        for k, ((cause, levels, freedom), values) in enumerate(deviations.items())
        if freedom
    ]
