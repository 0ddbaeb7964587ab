"""Latency code: the larger a number, the earlier its only spike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.spiking.codes.code import CODES, Code
from crossbar.spiking.spikes import Spikes
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@CODES.register("latency")
@dataclass(frozen=True, kw_only=True)
class Latency(Code):
    """t = start + (1 - x) span: the time to the first spike.

    Parameters
    ----------
    start : [s]
        Time of 1.
    span : [s]
        How much later 0 is.

    Source: Alymova 2025, eq 5.

    Examples
    --------
    >>> spikes = Latency(span=0.05).encode([0.7], rng=np.random.default_rng(0))
    >>> round(spikes.times.item(), 12)
    0.015
    """

    start: float = quantity(0.0, unit="s", low=0, high=1e15)
    span: float = quantity(0.05, unit="s", above=0, high=1e15)

    def spikes(self, x: Floats, *, rng: Rng) -> Spikes:
        """Return one spike a line; nothing is drawn."""
        return Spikes.in_order(self.start + (1.0 - x) * self.span, np.arange(x.size), x.size)
