"""What a core holds and takes, and how many of them a number of neurons needs."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.checks import require_whole
from crossbar.specification import Specification
from crossbar.units import quantity

MOST = 10**18  # neurons


@dataclass(frozen=True, kw_only=True)
class CoreSpec(Specification):
    """A tile of ``axons`` rows and ``neurons`` columns.

    Parameters
    ----------
    neurons
        Most neurons.
    axons
        Most lines that its neurons hear, those of its own neurons among them.
    power : [W]
        What a core takes by its budget, whatever it does.

    Source: published, Lavrentiev, neurosemantic networks: 512 neurons, 512 inputs, 2 mW.

    Examples
    --------
    >>> budget = CoreSpec().budget(1_000_000)
    >>> budget.cores, f"{budget.power:.1f} W"
    (1954, '3.9 W')
    """

    neurons: int = quantity(512, low=1, high=1_000_000)
    axons: int = quantity(512, low=1, high=1_000_000)
    power: float = quantity(2e-3, unit="W", low=0, high=1e6)

    @property
    def synapses(self) -> int:
        """Cells of the tile."""
        return self.neurons * self.axons

    def budget(self, neurons: int) -> CoreBudget:
        """Return how many cores hold ``neurons`` if all are full, and what those take.

        Raises
        ------
        ConfigError
            If ``neurons`` is no whole number from 1.
        """
        count = require_whole("CoreSpec.budget.neurons", neurons, low=1, high=MOST)
        cores = -(-count // self.neurons)
        return CoreBudget(neurons=count, cores=cores, synapses=cores * self.synapses,
                          power=cores * self.power)  # fmt: skip


@dataclass(frozen=True)
class CoreBudget:
    """Cores for a number of neurons: the fewest, as axons may ask for more.

    Attributes
    ----------
    neurons, cores
        How many.
    synapses
        Cells of all cores.
    power : [W]
        Of all cores, by their budget.
    """

    neurons: int
    cores: int
    synapses: int
    power: float
