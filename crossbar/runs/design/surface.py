"""A metric around a run: a quadratic through what models say, in relative terms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from crossbar.types import Doubles

NEAR = 0.02  # share of the ranges, below which the distance of two looks does not weigh more


class Seen(NamedTuple):
    """What a model says of a metric at ``share`` (n,): its value, and d value / d share (n,)."""

    share: Doubles
    value: float
    slope: Doubles


@dataclass(frozen=True)
class Surface:
    """A quadratic in the shares of all parameters.

    Attributes
    ----------
    log
        Whether it is that of the logarithm of the metric, and not of its ratio to ``unit``.
    base, level, slope, bend
        Where it is exact; value, gradient and second derivatives there.
    """

    log: bool
    unit: float
    base: Doubles
    level: float
    slope: Doubles
    bend: Doubles

    @classmethod
    def through(cls, seen: Sequence[Seen], at: int, *, positive: bool = True) -> Surface:
        """Return the surface through value and gradient of ``seen[at]``.

        Its second derivatives are the smallest symmetric ones (least squares, least norm) that
        agree with values and gradients of the other looks; near ones weigh more.

        Parameters
        ----------
        positive
            Whether the logarithm may be taken, where it is positive; looks without one are left
            out then.
        """
        here, log = seen[at], positive and seen[at].value > 0
        kept = [one for one in seen if one.value > 0] if log else seen
        unit = 1.0 if log else max(abs(one.value) for one in kept) or 1.0

        def relative(one: Seen) -> tuple[float, Doubles]:
            level = math.log(one.value) if log else one.value / unit
            return level, one.slope / (one.value if log else unit)

        level, slope = relative(here)
        others = []
        for one in kept:
            step, (there, steep) = one.share - here.share, relative(one)
            if np.any(step):
                others.append((step, float(there - level - slope @ step), steep - slope))
        return cls(log, unit, here.share, level, slope, _bend(others, len(slope)))

    def __call__(self, share: Doubles) -> float:
        """Return the relative metric at ``share``."""
        d = share - self.base
        return float(self.level + self.slope @ d + 0.5 * d @ self.bend @ d)

    def gradient(self, share: Doubles) -> Doubles:
        """Return the derivatives (n,) at ``share``."""
        gradient: Doubles = self.slope + self.bend @ (share - self.base)
        return gradient

    def relative(self, metric: float) -> float:
        """Return ``metric`` in relative terms."""
        return math.log(metric) if self.log else metric / self.unit

    def metric(self, relative: float) -> float:
        """Return the metric that is ``relative``."""
        return math.exp(relative) if self.log else relative * self.unit

    def shifted(self, offset: float) -> Surface:
        """Return the surface with ``offset``, what was measured less what a model says."""
        return replace(self, level=self.level + offset)


def _bend(others: Sequence[tuple[Doubles, float, Doubles]], n: int) -> Doubles:
    """Return second derivatives (n, n) from steps, and what is left of value and gradient there."""
    basis = np.array([_symmetric(i, j, n) for i in range(n) for j in range(i, n)])
    rows, wanted = [np.zeros((1, len(basis)))], [np.zeros(1)]
    for step, rise, turn in others:
        weight = 1 / max(float(np.linalg.norm(step)), NEAR)
        turns = basis @ step  # of the gradient, by each element
        rows += [weight * turns.T, weight**2 * 0.5 * (turns @ step)[None]]
        wanted += [weight * turn, np.array([weight**2 * rise])]
    parts, *_ = np.linalg.lstsq(np.concatenate(rows), np.concatenate(wanted), rcond=1e-8)
    bend: Doubles = np.tensordot(parts, basis, 1)
    return bend


def _symmetric(i: int, j: int, n: int) -> Doubles:
    """Return an element (n, n) of an orthonormal basis of symmetric matrices."""
    one = np.zeros((n, n))
    one[i, j] = one[j, i] = 1.0 if i == j else math.sqrt(0.5)
    return one
