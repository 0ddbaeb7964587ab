"""What pulses and programming did to cells."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from crossbar.kernels import offers
from crossbar.types import Floats


@dataclass
class Tally:
    """What happened to cells while they were pulsed or programmed.

    Attributes
    ----------
    totals : (4,)
        Pulses, changed cells, cut changes and conductance met by the pulses [S], in the order of
        :mod:`crossbar.kernels.offers`.
    clipped
        Weights that were cut at the largest that cells hold.
    faulty
        Cells that a read afterwards held for faulty.
    missed
        Cells that were not near their targets when programming ended.
    refreshed
        Pairs that were reset and programmed again.
    reads
        Reads that verified what was written.
    read_energy : [J]
        Energy that these reads took in the cells.
    seconds : [s]
        Time of pulses and reads, all cells at once.
    """

    totals: Floats = field(default_factory=lambda: np.zeros(4))
    clipped: float = 0.0
    faulty: float = 0.0
    missed: float = 0.0
    refreshed: float = 0.0
    reads: float = 0.0
    read_energy: float = 0.0
    seconds: float = 0.0

    @classmethod
    def of(
        cls, *, pulses: float, changed: float, saturated: float, conductance: float = 0.0
    ) -> Tally:
        """Return the tally of these numbers; see the properties of the same names."""
        totals = np.zeros(4)
        totals[offers.PULSES], totals[offers.CHANGED] = pulses, changed
        totals[offers.SATURATED], totals[offers.CONDUCTANCE] = saturated, conductance
        return cls(totals)

    @property
    def pulses(self) -> float:
        """Pulses or code steps applied."""
        return float(self.totals[offers.PULSES])

    @property
    def changed(self) -> float:
        """Cells whose conductance changed."""
        return float(self.totals[offers.CHANGED])

    @property
    def saturated(self) -> float:
        """Changes cut short by the end of a range."""
        return float(self.totals[offers.SATURATED])

    @property
    def conductance(self) -> float:
        """Sum over all pulses of the conductance that each met [S]."""
        return float(self.totals[offers.CONDUCTANCE])

    def add(self, other: Tally) -> None:
        """Add what ``other`` counted."""
        for entry in fields(self):
            setattr(self, entry.name, getattr(self, entry.name) + getattr(other, entry.name))
