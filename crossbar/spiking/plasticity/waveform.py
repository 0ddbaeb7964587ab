"""The voltage that a spike puts on its line: a plateau, then a tail of the other sign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import quantity

SEEN = 8.0  # time constants after which a tail is over: 0.03 % of it is left


@dataclass(frozen=True, kw_only=True)
class SpikeWaveform(Specification):
    """v(t) = height for 0 <= t < width, then -tail exp(-(t - width) / tau).

    Parameters
    ----------
    height, tail
        Of the plateau, and of the tail where it begins [V].
    width
        Of the plateau [s].
    tau
        Time constant of the tail [s].

    Source: assumed; the shape is that of Zamarreno-Ramos et al., Front. Neurosci. 5:26, 2011, with
    a plateau in place of their rising exponential.
    """

    height: float = quantity(unit="V", low=0, high=10, words="height of the plateau")
    width: float = quantity(unit="s", above=0, high=10, words="width of the plateau")
    tail: float = quantity(unit="V", low=0, high=10, words="start of the tail")
    tau: float = quantity(unit="s", above=0, high=10, words="time constant of the tail")

    @property
    def over(self) -> float:
        """When the tail is over [s]."""
        return self.width + SEEN * self.tau

    def voltage(self, time: Floats | float, piece: Floats | float | None = None) -> Floats:
        """Return the voltage [V] at ``time`` [s] since the spike begins.

        Beside an edge, ``piece`` is a time in the same piece, before or after it.
        """
        t = np.asarray(time, np.float64)
        where = t if piece is None else np.asarray(piece)
        decay = np.exp(-np.maximum(t - self.width, 0.0) / self.tau)
        tail = np.where(where < self.width, self.height, -self.tail * decay)
        return np.where(where < 0, 0.0, tail)
