"""Delays between the spike of a neuron and its arrival at others."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from crossbar.checks import check_fields
from crossbar.errors import fail
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Delays(Specification):
    """Delays that learn, in digital memory, from 0 to ``longest``.

    A gradient that asks for less or more leaves a delay at the end of this range.

    Parameters
    ----------
    start
        Delay that all begin with.
    longest
        Largest delay.
    """

    start: float = quantity(1e-7, low=0, high=1e3, unit="s")
    longest: float = quantity(3e-6, low=0, high=1e3, unit="s")

    def __post_init__(self) -> None:
        check_fields(self)
        if self.start > self.longest:
            where = f"{type(self).__name__}.start"
            fail(where, f"at most the longest, {self.longest:g} s", self.start, "Lower it.")

    @abstractmethod
    def shape(self, rows: int, cols: int) -> tuple[int, int]:
        """Return how many delays there are, (1 or cols, rows)."""


DELAYS = Registry(Delays, "delays", "delays of spikes", setting="network.delays")


@DELAYS.register("axonal")
@dataclass(frozen=True, kw_only=True)
class AxonalDelays(Delays):
    """One delay for every neuron that sends, on its word line.

    Source: Goeltz et al., arXiv:2404.19165, 2024 (DelGrad).
    """

    def shape(self, rows: int, cols: int) -> tuple[int, int]:
        """Return (1, rows)."""
        return 1, rows


@DELAYS.register("synaptic")
@dataclass(frozen=True, kw_only=True)
class SynapticDelays(Delays):
    """One delay for every synapse.

    Source: Goeltz et al., arXiv:2404.19165, 2024 (DelGrad).
    """

    def shape(self, rows: int, cols: int) -> tuple[int, int]:
        """Return (cols, rows)."""
        return cols, rows
