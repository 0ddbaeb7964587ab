"""Population code: a number excites the lines whose centres are near."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.spiking.codes.code import CODES, Code, shares
from crossbar.spiking.codes.latency import Latency
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Rng
from crossbar.units import quantity


@CODES.register("population")
@dataclass(frozen=True, kw_only=True)
class Population(Code):
    """A_i = exp(-(x - mu_i)^2 / (2 sigma^2)), and each activity becomes spikes by another code.

    Centres mu_i are evenly spaced from 0 to 1. Lines i, i + 1, ... of a number follow each other.

    Parameters
    ----------
    neurons
        Lines of a number.
    sigma
        Width of an answer.
    code
        What an activity becomes in time.

    Source: Alymova 2025, eq 6; the width is assumed, that of a centre to the next of ten.
    """

    neurons: int = quantity(10, low=2, high=10**6)
    sigma: float = quantity(1 / 9, above=0, high=1e3)
    code: Code = field(default=Latency())

    @property
    def centres(self) -> Doubles:
        """mu_i, (neurons,)."""
        return np.linspace(0.0, 1.0, self.neurons)

    def lines(self, numbers: int) -> int:
        """Return how many lines ``numbers`` take."""
        return self.code.lines(numbers * self.neurons)

    def activity(self, x: Any) -> Doubles:
        """Return the activities of the numbers ``x`` (numbers,), (numbers, neurons)."""
        return tuning(shares("Population.activity.x", x), self.centres, self.sigma)

    def spikes(self, x: Floats, *, rng: Rng) -> Spikes:
        """Return the spikes of all activities."""
        return self.code.spikes(self.activity(x).ravel(), rng=rng)


def tuning(x: Floats, centres: Doubles, sigma: float) -> Doubles:
    """Return exp(-(x - mu)^2 / (2 sigma^2)) of ``x`` (...) for every centre, (..., neurons)."""
    away = x[..., None] - centres
    activity: Doubles = np.exp(-(away**2) / (2 * sigma**2))
    return activity
