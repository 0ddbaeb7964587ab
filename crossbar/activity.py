"""What happened on the chip, counted: the only input of the energy model.

Blocks add to an :class:`Activity` while they work. Counts are of operations; entries whose unit is
``J`` are dissipated energies that follow from voltages and conductances alone, V^2 G t.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossbar.errors import fail, nearest

# event -> (unit, meaning). An event that is not listed here cannot be counted.
EVENTS: dict[str, tuple[str, str]] = {
    "images": ("1", "images presented"),
    "cycles": ("1", "array cycles (one analog step of every array in parallel)"),
    "mac_forward": ("1", "multiplications by a weight in forward reads"),
    "mac_transposed": ("1", "multiplications by a weight in transposed reads"),
    "mac_outer": ("1", "multiplications of the multiplier block (weight gradients)"),
    "read_energy": ("J", "V^2 G t drawn from the line drivers in forward reads"),
    "read_energy_transposed": ("J", "V^2 G t drawn from the line drivers in transposed reads"),
    "sense": ("1", "line currents turned into voltages by sense amplifiers"),
    "dac": ("1", "digital-to-analog conversions of inputs"),
    "adc": ("1", "analog-to-digital conversions of outputs"),
    "normaliser": ("1", "values scaled by the normaliser block"),
    "relu": ("1", "values through rectifying neurons"),
    "softmax": ("1", "values through the softmax block"),
    "difference": ("1", "values through the vector-difference block"),
    "update_adc": ("1", "analog-to-digital conversions of weight changes"),
    "update_weights": ("1", "weights offered a change"),
    "pulses": ("1", "set and reset pulses applied to cells"),
    "code_steps": ("1", "steps of digital codes applied to cells"),
    "cells_changed": ("1", "cells whose state changed"),
    "write_energy": ("J", "V^2 G t of set and reset pulses in the cells"),
    "saturated": ("1", "changes cut short by the end of a cell's range"),
    "overrange": ("1", "signals cut by a converter or a circuit block"),
}


class Activity:
    """Counts by ``(part, event)``; a part is a layer or block name.

    Examples
    --------
    >>> activity = Activity()
    >>> activity.add("fc", "mac_forward", 120_000)
    >>> activity.total("mac_forward")
    120000.0
    """

    __slots__ = ("counts",)

    def __init__(self, counts: dict[tuple[str, str], float] | None = None) -> None:
        self.counts: dict[tuple[str, str], float] = dict(counts or {})

    def add(self, part: str, event: str, amount: float) -> None:
        """Add ``amount`` of ``event`` (a key of ``EVENTS``) in ``part``."""
        key = (part, event)
        self.counts[key] = self.counts.get(key, 0.0) + amount

    def total(self, event: str, part: str | None = None) -> float:
        """Return the total of ``event``, over all parts or in one ``part``.

        Raises
        ------
        ConfigError
            If there is no such event.
        """
        if event not in EVENTS:
            fail("Activity.total", "an event that is counted", repr(event), nearest(event, EVENTS))
        return float(
            sum(v for (p, e), v in self.counts.items() if e == event and part in (None, p))
        )

    def parts(self) -> Iterator[str]:
        """Yield the names of the parts, in the order of their first count."""
        yield from dict.fromkeys(part for part, _ in self.counts)

    def copy(self) -> Activity:
        """Return an independent copy."""
        return Activity(self.counts)

    def since(self, before: Activity) -> Activity:
        """Return what was counted after the copy ``before`` was taken."""
        keys = self.counts.keys() | before.counts.keys()
        change = {k: self.counts.get(k, 0.0) - before.counts.get(k, 0.0) for k in keys}
        return Activity({k: change[k] for k in sorted(change) if change[k]})

    def records(self) -> list[dict[str, object]]:
        """Return one plain record a count, for JSON and CSV."""
        return [
            {"part": part, "event": event, "amount": amount, "unit": EVENTS[event][0]}
            for (part, event), amount in self.counts.items()
        ]

    @classmethod
    def from_records(cls, records: list[dict[str, object]]) -> Activity:
        """Return the activity that :meth:`records` described."""
        return cls({(str(r["part"]), str(r["event"])): float(str(r["amount"])) for r in records})
