"""Trains of pulses in CSV files, one row a pulse, in the order of time for each device.

Columns: ``polarity`` (set or reset, + or -, pot or dep, +1 or -1), ``cycle`` and ``device`` if
there are several, ``amplitude_V`` and ``width_s`` if they are known, ``t_s`` to be checked, and the
conductance in one of these ways:

- ``pulse,g``: pulse 0 is the conductance before the first pulse of a train, n that after pulse n.
  Where a train begins with pulse 1, the row above it of the same device is what stood before;
- ``g_after``: the conductance after the pulse of the row; what stood before is in the row above;
- ``g_before``: that before the pulse; what stood after is in the row below;
- ``g_before,g_after``: both.

In place of ``g`` may stand ``r_ohm``, or ``i_A`` and ``v_V``. Without a column ``cycle``, the
trains of each device and polarity are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.devices.measured.headers import Header
from crossbar.devices.measured.rows import Line, grouped, places, require_credible, require_rising
from crossbar.errors import DataError, message
from crossbar.types import Floats

EXPECTED = "columns polarity and pulse,g or g_before or g_after, a row a pulse"
READS = ("g_before", "g_after")


def fields(header: Header, lines: Sequence[Line], path: Path) -> dict[str, Any]:
    """Return the fields of :class:`PulseTrains` that ``lines`` of ``path`` hold."""
    _require_reads(header)
    device, names = grouped(lines, path)
    extra = {name: _beside(lines, name) for name in ("amplitude", "width") if header.gives(name)}
    if header.gives("polarity") and "polarity" in header.factors and "amplitude" not in extra:
        extra["amplitude"] = _beside(lines, "polarity")
    reads = _conductances(header, lines)
    pulses, notes = [], []
    require_rising(lines, device)
    for number, own in enumerate(places(device)):
        name = names[number]
        cell = _Cell([lines[k] for k in own], {n: g[own] for n, g in reads.items()}, name)
        pulses += [(own[k], number, *pulse) for k, *pulse in cell.pulses]
        notes += cell.notes
    if not pulses:
        got, remedy = "none", "Give conductances before and after each pulse."
        raise DataError(message(str(path), "pulses", got, remedy))
    row, numbers, cycle, train, rising, before, after = map(np.array, zip(*pulses, strict=True))
    starts = np.diff(train, prepend=train[0]) | np.diff(numbers, prepend=numbers[0])
    return {
        "device": numbers, "cycle": cycle, "train": np.cumsum(starts != 0), "rising": rising,
        "before": before, "after": after, "devices": names, "notes": tuple(notes),
        **{name: values[row] for name, values in extra.items()},
    }  # fmt: skip


def _require_reads(header: Header) -> None:
    """Raise unless ``header`` says when conductances were read."""
    if any(header.gives(name) for name in READS):
        return
    header.require("g", EXPECTED)
    if not header.gives("pulse"):
        remedy = (
            "Number the pulses in a column pulse, 0 for the read before the first of a train; or "
            "name the conductance g_after or g_before, such as --column 'g_after=g'."
        )
        expected = "columns that say when the conductance was read"
        raise header.row.fail(expected, "no column pulse", remedy)


def _beside(lines: Sequence[Line], name: str) -> Floats:
    """Return amplitudes [V] or widths [s]."""
    lines[0].header.require(name, f"a column {name} with a unit")
    low = 0.0 if name == "width" else -np.inf
    return np.array([line.value(name, above=low) for line in lines])


def _conductances(header: Header, lines: Sequence[Line]) -> dict[str, Floats]:
    """Return the conductances [S] of every row by the name of their column."""
    reads = {}
    for name in [n for n in READS if header.gives(n)] or ["g"]:
        values = [line.conductance(name) for line in lines]
        require_credible(lines, values, name)
        reads[name] = np.array(values)
    return reads


class _Cell:
    """The pulses of one device: (row, cycle, train, rising, before, after) each."""

    def __init__(self, lines: list[Line], reads: dict[str, Floats], name: str) -> None:
        self.lines, self.reads, self.name = lines, reads, name
        header = lines[0].header
        self.rising = [line.rising() for line in lines]
        self.numbers = [line.whole("pulse") for line in lines] if header.gives("pulse") else None
        self.cycles = [line.whole("cycle") for line in lines] if header.gives("cycle") else None
        self.notes: list[str] = []
        self.counts = {True: -1, False: -1}  # trains so far
        self.pulses: list[tuple[int, int, int, bool, float, float]] = []
        train = -1
        for k in range(len(lines)):
            begins = self._begins(k)
            if begins:
                train += 1
                self.counts[self.rising[k]] += 1
            ends = self._ends(k)
            if ends is not None:
                cycle = self.counts[self.rising[k]] if self.cycles is None else self.cycles[k]
                self.pulses.append((k, cycle, train, self.rising[k], *ends))

    def _begins(self, k: int) -> bool:
        """Return whether row ``k`` begins a train, or raise if a pulse is missing before it."""
        turned = k == 0 or self.rising[k] != self.rising[k - 1]
        turned = turned or (self.cycles is not None and self.cycles[k] != self.cycles[k - 1])
        if self.numbers is None:
            return turned
        now, last = self.numbers[k], self.numbers[k - 1]
        if k == 0 or now == 0 or (turned and now == 1):
            return True
        if now != last + 1:
            first = " or 1" if turned else ""
            expected = f"pulse numbers that rise within a train: {last + 1}, or 0{first} of a new"
            remedy = "Sort the rows of each device by time, a row for every pulse."
            raise self.lines[k].fail(expected, f"{now} after {last}", remedy, "pulse")
        return turned

    def _ends(self, k: int) -> tuple[float, float] | None:
        """Return the conductances before and after the pulse of row ``k``; None if it has none."""
        if len(self.reads) == 2:
            return float(self.reads["g_before"][k]), float(self.reads["g_after"][k])
        (way, g), last = next(iter(self.reads.items())), len(self.lines) - 1
        if way == "g_before":
            if k < last:
                return float(g[k]), float(g[k + 1])
            self._note("last", "after")
        elif self.numbers is not None and self.numbers[k] == 0:
            return None
        elif k > 0:
            return float(g[k - 1]), float(g[k])
        else:
            self._note("first", "before")
        return None

    def _note(self, which: str, when: str) -> None:
        """Say that a row holds no pulse."""
        self.notes.append(f"the {which} pulse of device {self.name} has no read {when} it")
