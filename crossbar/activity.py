"""What happened on the chip, counted: the only input of the energy model.

Blocks add to an :class:`Activity` while they work. Counts are of operations; entries whose unit is
``J`` are dissipated energies that follow from voltages and conductances alone, V^2 G t.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crossbar.errors import fail, nearest, shown


class Event(NamedTuple):
    """What is counted.

    Attributes
    ----------
    meaning
        What one is.
    worker
        What does the work, for tables of energy; empty where none is charged.
    unit
        Its unit: ``1``, or ``J`` or ``s`` of what follows from voltages and conductances alone.
    """

    meaning: str
    worker: str = ""
    unit: str = "1"


EVENTS: dict[str, Event] = {
    "images": Event("images presented"),
    "cycles": Event("array cycles (one analog step of every array in parallel)"),
    "mac_forward": Event("multiplications by a weight in forward reads"),
    "mac_transposed": Event("multiplications by a weight in transposed reads"),
    "mac_outer": Event(
        "multiplications of the multiplier block (weight gradients)", "multiplier (gradients)"
    ),
    "read_energy": Event(
        "V^2 G t drawn from the line drivers in forward reads", "cells, forward read", "J"
    ),
    "read_energy_transposed": Event(
        "V^2 G t drawn from the line drivers in transposed reads", "cells, transposed read", "J"
    ),
    "sense": Event("line currents turned into voltages by sense amplifiers", "sense amplifiers"),
    "dac": Event("digital-to-analog conversions of inputs", "DAC"),
    "adc": Event("analog-to-digital conversions of outputs", "ADC"),
    "normaliser": Event("values scaled by the normaliser block", "normaliser"),
    "relu": Event("values through rectifying neurons", "rectifiers"),
    "activation": Event("values through neurons with another function", "neurons"),
    "comparison": Event("values compared in digital logic (max pooling)", "digital comparisons"),
    "addition": Event("additions in digital logic (sums of signals, means)", "digital additions"),
    "scaling": Event(
        "multiplications with an addition in digital logic (normalisation, factors of outputs)",
        "digital multiply-adds",
    ),
    "softmax": Event("values through the softmax block", "softmax"),
    "difference": Event("values through the vector-difference block", "vector difference"),
    "spikes": Event("spikes that neurons fired", "spiking neurons"),
    "update_adc": Event("analog-to-digital conversions of weight changes", "ADC of weight changes"),
    "update_weights": Event("weights offered a change"),
    "pulses": Event("set and reset pulses applied to cells", "pulse drivers"),
    "code_steps": Event("steps of digital codes applied to cells", "code changes"),
    "cells_changed": Event("cells whose state changed"),
    "write_energy": Event(
        "V^2 G t of set and reset pulses in the cells", "cells, write pulses", "J"
    ),
    "saturated": Event("changes cut short by the end of a cell's range"),
    "overrange": Event("signals cut by a converter or a circuit block"),
    "program_pulses": Event("pulses that programmed cells"),
    "program_missed": Event("cells that were out of tolerance when programming ended"),
    "program_clipped": Event("weights that were cut at the largest that cells hold"),
    "program_faulty": Event("cells that a read after programming held for faulty"),
    "program_reads": Event("reads of cells that verified what was written"),
    "program_energy": Event("V^2 G t of these pulses and reads in the cells", unit="J"),
    "program_time": Event("time of them, all cells of a group at once", unit="s"),
    "refreshed": Event("pairs of cells that were reset and programmed again while they learned"),
    "refresh_pulses": Event("pulses that refreshed pairs"),
    "refresh_missed": Event("cells that were out of tolerance when their refresh ended"),
    "refresh_faulty": Event("cells that a read after their refresh held for faulty"),
    "refresh_reads": Event("reads of cells that looked for pairs to refresh, and verified them"),
    "refresh_energy": Event(
        "V^2 G t of these pulses and reads in the cells", "cells, refresh of pairs", "J"
    ),
    "refresh_time": Event("time of them, all cells of a group at once", unit="s"),
    "queued": Event("spikes that waited for a delay, one for every delay", "event queues"),
    "neuron_time": Event("time of spiking neurons, of all together", "neurons at rest", "s"),
}
"""By its name; an event that is not listed here cannot be counted."""

EVENT = {event: k for k, event in enumerate(EVENTS)}


class Activity:
    """Counts by ``(part, event)``; a part is a layer or block name.

    Examples
    --------
    >>> activity = Activity()
    >>> activity.add("fc", "mac_forward", 120_000)
    >>> activity.total("mac_forward")
    120000.0
    """

    __slots__ = ("_parts",)

    def __init__(self, counts: dict[tuple[str, str], float] | None = None) -> None:
        self._parts: dict[str, NDArray[np.float64]] = {}
        for (part, event), amount in (counts or {}).items():
            self.add(part, event, amount)

    def of(self, part: str) -> NDArray[np.float64]:
        """Return the counts of ``part``, in the order of ``EVENTS``; what is added there counts."""
        counts = self._parts.get(part)
        if counts is None:
            counts = self._parts[part] = np.zeros(len(EVENTS))
        return counts

    def add(self, part: str, event: str, amount: float) -> None:
        """Add ``amount`` of ``event`` (a key of ``EVENTS``) in ``part``.

        Raises
        ------
        ConfigError
            If there is no such event.
        """
        self.of(part)[_place("add", event)] += amount

    @property
    def counts(self) -> dict[tuple[str, str], float]:
        """Counts that are not zero by ``(part, event)``."""
        return {
            (part, event): float(counts[k])
            for part, counts in self._parts.items()
            for event, k in EVENT.items()
            if counts[k]
        }

    def total(self, event: str, part: str | None = None) -> float:
        """Return the total of ``event``, over all parts or in one ``part``.

        Raises
        ------
        ConfigError
            If there is no such event.
        """
        k = _place("total", event)
        return float(sum(c[k] for p, c in self._parts.items() if part in (None, p)))

    def parts(self) -> Iterator[str]:
        """Yield the names of the parts, in the order of their first count."""
        yield from self._parts

    def replace(self, other: Activity) -> None:
        """Take the counts of ``other`` in place of these."""
        self._parts = {part: counts.copy() for part, counts in other._parts.items()}

    def include(self, other: Activity) -> None:
        """Add the counts of ``other``."""
        for (part, event), amount in other.counts.items():
            self.add(part, event, amount)

    def copy(self) -> Activity:
        """Return an independent copy."""
        return Activity(self.counts)

    def since(self, before: Activity) -> Activity:
        """Return what was counted after the copy ``before`` was taken."""
        now, then = self.counts, before.counts
        change = {k: now.get(k, 0.0) - then.get(k, 0.0) for k in sorted(now.keys() | then.keys())}
        return Activity({k: amount for k, amount in change.items() if amount})

    def records(self) -> list[dict[str, object]]:
        """Return one plain record a count, for JSON and CSV."""
        return [
            {"part": part, "event": event, "amount": amount, "unit": EVENTS[event].unit}
            for (part, event), amount in self.counts.items()
        ]

    @classmethod
    def from_records(cls, records: list[dict[str, object]]) -> Activity:
        """Return the activity that :meth:`records` described."""
        return cls({(str(r["part"]), str(r["event"])): float(str(r["amount"])) for r in records})


def _place(method: str, event: str) -> int:
    """Return the place of ``event`` among ``EVENTS``, or raise if none of this name is counted."""
    if event not in EVENT:
        remedy = nearest(str(event), EVENTS)
        fail(f"Activity.{method}", "an event that is counted", shown(event), remedy)
    return EVENT[event]
