"""What a queue delivers, and what an arrival owes to spikes and delays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from crossbar.array_checks import require_array
from crossbar.displayed import Displayed
from crossbar.types import Floats, Integers


@dataclass(frozen=True, eq=False, repr=False)
class Deliveries(Displayed):
    """Events in the order in which they arrive, each at its spike's time plus its delay.

    An event is delivered once, and an arrival owes 1 to its spike and 1 to its delay: the
    derivatives of the network follow from the two numbers that an event carries.

    Attributes
    ----------
    times : (n,) [s]
        When they arrive.
    spikes : (n,)
        Number of the spike that made each.
    delays : (n,)
        Number of the delay that made each.
    """

    times: Floats
    spikes: Integers
    delays: Integers

    def __len__(self) -> int:
        return self.times.size

    def followed(self, later: Self) -> Deliveries:
        """Return these events and ``later`` ones."""
        pairs = ((getattr(self, n), getattr(later, n)) for n in ("times", "spikes", "delays"))
        return Deliveries(*map(np.concatenate, pairs))

    def shift(self, by_spike: Floats, by_delay: Floats) -> Floats:
        """Return how much later events arrive, (n,), where spikes and delays are later by those.

        Parameters
        ----------
        by_spike : (spikes,)
            Change of the time of every spike.
        by_delay : (delays,)
            Change of every delay.
        """
        shift: Floats = by_spike[self.spikes] + by_delay[self.delays]
        return shift

    def gradient(self, by_arrival: Floats, spikes: int, delays: int) -> tuple[Floats, Floats]:
        """Return the derivatives by every spike's time and by every delay.

        Parameters
        ----------
        by_arrival : (n,)
            Derivative by the time of each arrival.
        spikes, delays
            How many there are of each.
        """
        by_spike, by_delay = np.zeros(spikes), np.zeros(delays)
        if len(self):
            given = require_array("Deliveries.gradient", by_arrival, (len(self),))
            np.add.at(by_spike, self.spikes, given)
            np.add.at(by_delay, self.delays, given)
        return by_spike, by_delay
