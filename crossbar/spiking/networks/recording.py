"""What a run of a spiking network left: spikes of everything, and voltages where asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from crossbar.displayed import Displayed
from crossbar.spiking.spikes import Spikes
from crossbar.types import Floats


@dataclass(frozen=True, eq=False, repr=False)
class Recording(Displayed):
    """Spikes by the name of an input or a group, and voltages of membranes.

    Attributes
    ----------
    spikes
        Of every input and group.
    groups
        Names of the groups.
    until : [s]
        When the run ended.
    times : (samples,) [s]
        When voltages were taken.
    voltages
        By group, (samples, count) [V]; empty where none were asked for.
    dropped
        By synapses, how many events gave way to others in their queue.
    """

    spikes: dict[str, Spikes]
    groups: tuple[str, ...]
    until: float
    times: Floats
    voltages: dict[str, Floats]
    dropped: dict[str, int]

    @classmethod
    def of(
        cls,
        given: Mapping[str, Spikes],
        fired: Mapping[str, Sequence[Spikes]],
        samples: Sequence[tuple[float, Mapping[str, Floats]]],
        dropped: dict[str, int],
        until: float,
    ) -> Self:
        """Return the recording of the spikes ``given``, and of parts that follow each other."""
        spikes = dict(given)
        for name, parts in fired.items():
            times = np.concatenate([part.times for part in parts])
            lines = np.concatenate([part.lines for part in parts])
            spikes[name] = Spikes(times, lines, parts[0].width)
        voltages = {name: np.stack([volts[name] for _, volts in samples])
                    for name in (fired if samples else ())}  # fmt: skip
        times = np.array([t for t, _ in samples])
        return cls(spikes, tuple(fired), until, times, voltages, dropped)

    @property
    def active(self) -> float:
        """Share of the neurons that fired at all."""
        counts = np.concatenate([self.spikes[name].counts() for name in self.groups])
        return float(np.mean(counts > 0))
