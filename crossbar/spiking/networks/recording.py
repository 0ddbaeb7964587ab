"""What a run of a spiking network left: spikes of everything, and voltages where asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from crossbar.displayed import Displayed
from crossbar.spiking.networks.group import Group
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats


@dataclass(eq=False, repr=False)
class Recording(Displayed):
    """Spikes by the name of an input or a group, and voltages of membranes.

    Attributes
    ----------
    spikes
        Of every input and group.
    until : [s]
        When the run ended.
    times : (samples,) [s]
        When voltages were taken.
    voltages
        By group, (samples, count) [V].
    dropped
        By synapses, how many events gave way to others in their queue.
    """

    spikes: dict[str, Spikes]
    until: float
    times: Doubles = field(default_factory=lambda: np.empty(0))
    voltages: dict[str, Floats] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begun(
        cls, given: Mapping[str, Spikes], groups: Mapping[str, Group], until: float
    ) -> Recording:
        """Return a recording of the inputs, before a group has fired."""
        silent = {name: Spikes.none(group.count) for name, group in groups.items()}
        return cls({**given, **silent}, until)

    def fired(self, name: str, spikes: Spikes) -> None:
        """Add the spikes of a slice of time."""
        if len(spikes):
            self.spikes[name] = self.spikes[name].followed(spikes)

    def sampled(self, t: float, volts: Mapping[str, Floats]) -> None:
        """Add voltages (count,) [V] by group."""
        self.times = np.append(self.times, t)
        for name, one in volts.items():
            before = self.voltages.get(name, np.empty((0, one.size)))
            self.voltages[name] = np.vstack([before, one])

    @property
    def active(self) -> float:
        """Share of the lines and neurons that have a spike at all."""
        fired = sum(int(np.count_nonzero(one.counts())) for one in self.spikes.values())
        return fired / sum(one.width for one in self.spikes.values())
