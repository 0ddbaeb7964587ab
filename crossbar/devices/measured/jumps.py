"""Changes by one pulse of one polarity: their distribution at several conductances."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.types import Doubles, Floats

ROUNDING = 1e-6  # by which stored probabilities may fall or exceed 1: single precision
_KEPT_OUT = {"record": False}  # of records, which hold the digest
LEAST_WITHIN = 0.5  # probability of changes up to the last of the table
_NODES = 0.5 + np.array([-0.5, 0.5]) / np.sqrt(3.0)  # of Gauss, exact for cubic polynomials


@dataclass(frozen=True, kw_only=True, repr=False)
class Jumps(Displayed):
    """Distribution of the change by one pulse, at levels of the normalised conductance.

    At level u_k the probability of a change up to x is F_k(x), straight between the points of
    ``change``; what is missing to 0 and to 1 stands at the first and at the last of them. Between
    levels the quantile functions Q_k, the inverses of F_k, are interpolated:

        Q(p; u) = (1 - f) Q_k(p) + f Q_(k+1)(p),  f = (u - u_k) / (u_(k+1) - u_k),

    so that mean and quantiles are straight between levels, and a distribution that moves keeps its
    shape. Beyond the first and the last level those hold.

    Attributes
    ----------
    u : (levels,)
        Normalised conductances, rising.
    change : (changes,)
        Change of the normalised conductance, rising; below zero it falls.
    cdf : (levels, changes)
        Cumulative probability, never falling along ``change``.
    digest
        Of the three, for records and comparisons.

    Raises
    ------
    ConfigError
        If there are fewer than two levels or changes, shapes differ, axes do not rise, or
        probabilities fall along the changes, leave 0 to 1 or lie beyond the changes.

    Source: the user's measurement; straight lines between its points are assumed.
    Valid for: levels and changes that are close in comparison to how far the distribution spreads.
    """

    u: Doubles = field(repr=False, compare=False, metadata=_KEPT_OUT)
    change: Doubles = field(repr=False, compare=False, metadata=_KEPT_OUT)
    cdf: Doubles = field(repr=False, compare=False, metadata=_KEPT_OUT)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        for name in ("u", "change", "cdf"):
            try:
                array = np.array(getattr(self, name), np.float64)
            except (TypeError, ValueError):
                array = np.array(np.nan)
            object.__setattr__(self, name, array)
            if not np.isfinite(array).all():
                got, remedy = "others, or rows of several lengths", "Correct the table."
                fail(f"Jumps.{name}", "finite numbers", got, remedy)
        for name in ("u", "change"):
            axis = getattr(self, name)
            if axis.ndim != 1 or len(axis) < 2 or (np.diff(axis) <= 0).any():
                got = f"{axis.size} of shape {axis.shape}"
                fail(f"Jumps.{name}", "two numbers or more that rise", got, "Sort them.")
        object.__setattr__(self, "cdf", self._settled())
        parts = b"".join(getattr(self, name).tobytes() for name in ("u", "change", "cdf"))
        object.__setattr__(self, "digest", hashlib.sha256(parts).hexdigest()[:16])

    def _settled(self) -> Doubles:
        """Return the probabilities without what rounding did to them, or raise."""
        shape, cdf = (len(self.u), len(self.change)), self.cdf
        exchanged = "Are rows and columns exchanged? A row is a level of conductance."
        if cdf.shape != shape:
            fail("Jumps.cdf", f"(levels, changes) = {shape}", f"{cdf.shape}", exchanged)
        fall = -np.diff(cdf, axis=1).min()
        if fall > ROUNDING:
            row = int(np.diff(cdf, axis=1).min(axis=1).argmin())
            across = -np.diff(cdf, axis=0).min() <= ROUNDING
            remedy = exchanged if across else "Give cumulative probabilities, not densities."
            got = f"ones that fall by {fall:.3g} at level {row}"
            fail("Jumps.cdf", "probabilities that never fall along the changes", got, remedy)
        if cdf.min() < -ROUNDING or cdf.max() > 1.0 + ROUNDING:
            got = f"{cdf.min():.4g} to {cdf.max():.4g}"
            fail("Jumps.cdf", "probabilities from 0 to 1", got, "Divide by the number of pulses.")
        if (least := cdf[:, -1].min()) < LEAST_WITHIN:
            expected = "most of the probability up to the last change, at every level"
            fail("Jumps.cdf", expected, f"{least:.3g} of it", exchanged)
        return np.maximum.accumulate(np.clip(cdf, 0.0, 1.0), axis=1)

    def __repr__(self) -> str:
        return f"<Jumps: {len(self.u)} levels, {len(self.change)} changes>"

    @property
    def outside(self) -> float:
        """Largest probability of a change beyond the first or the last of the table."""
        return float(max(self.cdf[:, 0].max(), 1.0 - self.cdf[:, -1].min()))

    def quantile(self, u: Floats, p: Floats) -> Floats:
        """Return Q(p; u) for every ``u`` and its ``p``, arrays of one shape."""
        k, f = self._between(u)
        low, high = (self._inverse(k + one, np.asarray(p, np.float64)) for one in (0, 1))
        return np.asarray((1.0 - f) * low + f * high)

    def probability(self, u: Floats, change: Floats) -> Floats:
        """Return the probability of a change up to ``change`` at ``u``: the p with Q(p; u) there.

        By bisection, to 1e-12.
        """
        u, change = np.broadcast_arrays(np.asarray(u, np.float64), change)
        low, high = np.zeros(u.shape), np.ones(u.shape)
        for _ in range(40):
            middle = 0.5 * (low + high)
            below = self.quantile(u, middle) <= change
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.where(change >= self.change[-1], 1.0, 0.5 * (low + high))

    def mean(self, u: Floats) -> Floats:
        """Return the mean change at ``u``."""
        return np.asarray(np.interp(u, self.u, self._moments[0]))

    def spread(self, u: Floats) -> Floats:
        """Return the standard deviation of the change at ``u``.

        Between levels var = (1 - f)^2 v_k + f^2 v_(k+1) + 2 f (1 - f) c_k, c the covariance of
        Q_k(P) and Q_(k+1)(P) for P uniform on (0, 1).
        """
        (k, f), (_, v, c) = self._between(u), self._moments
        variance = (1 - f) ** 2 * v[k] + f**2 * v[k + 1] + 2 * f * (1 - f) * c[k]
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def _between(self, u: Floats) -> tuple[np.ndarray[Any, Any], Floats]:
        """Return the level below every ``u`` and the share f of the way to the next."""
        u = np.asarray(u, np.float64)
        k = np.clip(np.searchsorted(self.u, u, side="right") - 1, 0, len(self.u) - 2)
        return k, np.clip((u - self.u[k]) / (self.u[k + 1] - self.u[k]), 0.0, 1.0)

    def _inverse(self, k: np.ndarray[Any, Any], p: Floats) -> Floats:
        """Return Q_k(p), by bisection of every row."""
        low, high = np.zeros(np.shape(p), int), np.full(np.shape(p), len(self.change) - 1)
        while (high - low > 1).any():
            middle = (low + high) // 2
            below = self.cdf[k, middle] <= p
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        a, b = self.cdf[k, low], self.cdf[k, low + 1]
        way = np.where(b > a, (p - a) / np.where(b > a, b - a, 1.0), 1.0)
        width = self.change[low + 1] - self.change[low]
        return np.asarray(self.change[low] + np.clip(way, 0.0, 1.0) * width)

    @functools.cached_property
    def _moments(self) -> tuple[Doubles, Doubles, Doubles]:
        """Return mean and variance of every level, and the covariance with the next.

        Quantile functions are straight between the probabilities of both levels, where two nodes
        of Gauss are exact.
        """
        rows = []
        for k in range(len(self.u) - 1):
            edges = np.unique(np.concatenate([[0.0, 1.0], self.cdf[k], self.cdf[k + 1]]))
            p = (edges[:-1, None] + np.diff(edges)[:, None] * _NODES).ravel()
            weight = np.repeat(np.diff(edges), 2) / 2
            pair = np.stack([np.interp(p, self.cdf[j], self.change) for j in (k, k + 1)])
            mean = pair @ weight
            covariance = (pair - mean[:, None]) * weight @ (pair - mean[:, None]).T
            rows.append((mean, covariance))
        means = np.array([rows[0][0][0], *(mean[1] for mean, _ in rows)])
        variances = np.array([rows[0][1][0, 0], *(c[1, 1] for _, c in rows)])
        return means, variances, np.array([c[0, 1] for _, c in rows])
