"""Complement code: a number and what it lacks to 1, on two lines."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.spiking.codes.code import CODES, Code
from crossbar.spiking.codes.latency import Latency
from crossbar.spiking.spikes import Spikes
from crossbar.types import Floats, Rng


@CODES.register("complement")
@dataclass(frozen=True, kw_only=True)
class Complement(Code):
    """x on one line and 1 - x on another, each by another code.

    A dark pixel then is something that spikes early too. The lines of the numbers come first, those
    of what they lack after them.

    Parameters
    ----------
    code
        What either becomes in time.

    Source: complement coding of Carpenter, Grossberg and Rosen, Neural Networks 4:759, 1991.

    Examples
    --------
    >>> spikes = Complement(code=Latency(span=1.0)).encode([0.25], rng=np.random.default_rng(0))
    >>> spikes.lines.tolist(), spikes.times.tolist()
    ([1, 0], [0.25, 0.75])
    """

    code: Code = field(default=Latency())

    def lines(self, numbers: int) -> int:
        """Return how many lines ``numbers`` take."""
        return self.code.lines(2 * numbers)

    def spikes(self, x: Floats, *, rng: Rng) -> Spikes:
        """Return the spikes of the numbers and of what they lack."""
        return self.code.spikes(np.concatenate([x, 1.0 - x]), rng=rng)
