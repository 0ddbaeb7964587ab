"""A law of read noise: its standard deviation against the conductance."""

from dataclasses import dataclass

from crossbar.devices import ReadNoise
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Telegraph(ReadNoise):
    """sigma / g = amplitude / (1 + x / x0), x = g / g_max. Source: assumed."""

    amplitude: float = quantity(0.1, low=0, high=1, words="noise of a cell that hardly conducts")
    x0: float = quantity(0.2, low=1e-3, high=10, words="conductance that halves it")

    def relative(self, x, seconds):
        return self.amplitude / (1 + x / self.x0)
