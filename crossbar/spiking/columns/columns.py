"""Columns that learn without labels: winner takes all, on the cells of a device."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.checks import require_generator, require_whole
from crossbar.devices import Device
from crossbar.devices.spread import log_normal
from crossbar.errors import fail
from crossbar.specification import Specification
from crossbar.spiking.columns.race import Homeostasis, Race
from crossbar.spiking.columns.state import ColumnsState
from crossbar.spiking.neurons.mismatch import Mismatch
from crossbar.spiking.plasticity import Multiplicative, Plasticity
from crossbar.types import Rng
from crossbar.units import SPREAD, quantity

START = (0.3, 0.7)
RULE = Multiplicative(a_plus=0.06, a_minus=0.06, tau_plus=10e-6, tau_minus=10e-6)


@dataclass(frozen=True, kw_only=True)
class Columns(Specification):
    """Columns of cells, each with a neuron, that compete for every wave of spikes.

    A column is a bit line with a cell on every word line. The first column at its threshold wins
    and inhibits the others; spikes of lines before its own raise their cells, those after it lower
    them, by the rule of plasticity. So a column comes to stand for waves of one kind.

    Parameters
    ----------
    count
        Columns.
    device
        The cells. The rule says how far a cell is to go, in shares of its own range, and the cell
        goes there by its own pulses; one with steps of any size goes there exactly. None for the
        cells of the rule.
    rule
        How pairs of spikes move cells.
    race
        The wave and the membranes.
    homeostasis
        How thresholds learn.
    mismatch
        What differs between neurons.
    sigma_rule
        Spread of the time constants of the rule from column to column, relative (log-normal).
    start
        Shares of the range between which cells are programmed at first, drawn evenly.
    threshold
        Thresholds at first, as a share of the charge that all lines bring to a column of cells in
        the middle of their range.

    Source: winner takes all with plasticity on memristors is Querlioz et al., IEEE Trans.
    Nanotechnol. 12:288, 2013; exact race, two phases and numbers are assumed.
    Valid for: ideal lines; at most one spike of a line in a wave.
    """

    count: int = quantity(100, low=1, high=100_000)
    device: Device | None = None
    rule: Plasticity = field(default=RULE)
    race: Race = field(default_factory=Race)
    homeostasis: Homeostasis = field(default_factory=Homeostasis)
    mismatch: Mismatch = field(default_factory=Mismatch)
    sigma_rule: float = quantity(0.0, role=SPREAD, low=0, high=2)
    start: tuple[float, float] = quantity(START, low=0, high=1)
    threshold: float = quantity(0.6, above=0, high=10)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.start[0] <= self.start[1]:
            fail("Columns.start", "the lower share first", f"{self.start}", "Swap them.")

    @property
    def memory(self) -> Device:
        """The cells: those that are named, or those of the rule."""
        return self.rule.cells(self.race.v_read) if self.device is None else self.device

    def build(self, lines: int, *, rng: Rng) -> ColumnsState:
        """Return new columns on ``lines`` word lines, programmed at random.

        Raises
        ------
        ConfigError
            If ``lines`` is no whole number from 1.
        """
        require_generator("Columns.build", rng)
        require_whole("Columns.build.lines", lines, low=1)
        cell, neuron, start = rng.spawn(3)
        low, _, high = self.memory.window
        each = [
            self.memory.fabricate((lines, 1), rng=one, dtype=np.float64)
            for one in cell.spawn(self.count)
        ]
        for cells in each:
            share = start.uniform(*self.start, (lines, 1))
            cells.program(low + share * (high - low), rng=start)
        threshold, leak, capacitance = self.mismatch.draw(self.count, rng=neuron)
        slow = log_normal(self.sigma_rule, neuron.standard_normal(self.count)).astype(np.float64)
        all_on = lines * 0.5 * (low + high) * self.race.v_read * self.race.width
        return ColumnsState(
            self,
            each,
            self.threshold * all_on * threshold * capacitance,
            self.race.leak * leak / capacitance,
            slow,
        )
