"""Measured trains of pulses: conductance before and after every pulse of several devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.brief import siemens
from crossbar.devices.measured import train_csv
from crossbar.devices.measured.headers import Header
from crossbar.devices.measured.rows import Line, titled
from crossbar.devices.measured.traces import Trace
from crossbar.displayed import Displayed
from crossbar.errors import DataError, message
from crossbar.types import Floats, Integers, Masks
from crossbar.units import text


@dataclass(frozen=True, eq=False, repr=False)
class PulseTrains(Displayed):
    """Single pulses as they were measured, in the order of each device.

    Attributes
    ----------
    device, cycle, train : (pulses,)
        Numbers of the device, of its cycle, and of the train, which is an unbroken row of pulses of
        one device, cycle and polarity.
    rising : (pulses,) bool
        True for set pulses, which raise a conductance.
    before, after : (pulses,) [S]
        Conductance before and after the pulse. Within a train one pulse ends where the next
        begins, unless both were read.
    amplitude, width : (pulses,) [V], [s]
        Of the pulse; None where the file does not say.
    devices
        What the file calls each device, by number.
    notes
        What the file has that no pulse holds, in words: rows with no conductance before them.
    source
        File or files.

    Examples
    --------
    >>> g = np.array([1e-6, 2e-6, 2.5e-6])
    >>> PulseTrains.of([Trace(0, 0, True, g), Trace(0, 0, False, g[::-1])])
    <PulseTrains: 1 device, 1 cycle, 2 set and 2 reset pulses, 1 uS to 2.5 uS>
    """

    device: Integers
    cycle: Integers
    train: Integers
    rising: Masks
    before: Floats
    after: Floats
    amplitude: Floats | None = None
    width: Floats | None = None
    devices: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""

    def __repr__(self) -> str:
        cells, cycles = len(np.unique(self.device)), len(np.unique(self.cycle))
        ups = int(self.rising.sum())
        low, high = self.range
        parts = [
            f"{cells} device{'s' * (cells != 1)}", f"{cycles} cycle{'s' * (cycles != 1)}",
            f"{ups} set and {len(self.rising) - ups} reset pulses",
            siemens(np.array([low, high])), *self.notes,
        ]  # fmt: skip
        return f"<PulseTrains: {', '.join(parts)}>"

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest conductance [S]."""
        every = np.concatenate([self.before, self.after])
        return float(every.min()), float(every.max())

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The trains, each as the conductances before its first and after each of its pulses."""
        starts = np.flatnonzero(np.diff(self.train, prepend=self.train[0] - 1))
        return tuple(
            Trace(int(self.device[k]), int(self.cycle[k]), bool(self.rising[k]),
                  np.concatenate([self.before[k : k + 1], after]))
            for k, after in zip(starts, np.split(self.after, starts[1:]), strict=True)
        )  # fmt: skip

    @classmethod
    def of(cls, traces: Sequence[Trace], source: str = "") -> PulseTrains:
        """Return the pulses of ``traces``.

        Raises
        ------
        DataError
            If there is no pulse.
        """
        counts = [len(trace.g) - 1 for trace in traces]
        if sum(counts) < 1:
            got, remedy = "none", "Give conductances before and after each pulse."
            raise DataError(message(source or "PulseTrains", "pulses", got, remedy))
        device, cycle, rising = (
            np.repeat(np.array([getattr(trace, name) for trace in traces]), counts)
            for name in ("device", "cycle", "rising")
        )
        before, after = (np.concatenate([trace.g[part] for trace in traces])
                         for part in (slice(None, -1), slice(1, None)))  # fmt: skip
        names = tuple(str(k) for k in range(int(device.max()) + 1))
        train = np.repeat(np.arange(len(traces)), counts)
        return cls(device, cycle, train, rising, before, after, devices=names, source=source)

    @classmethod
    def from_csv(cls, path: str | Path, columns: Mapping[str, str] | None = None) -> PulseTrains:
        """Read a CSV file of single pulses, see :mod:`crossbar.devices.measured.train_csv`.

        Parameters
        ----------
        path
            The file.
        columns
            Columns that its header does not name clearly: name here and name there, with the unit
            in brackets, or a value that holds for all rows: ``{"i": "Ids [uA]", "v": "0.2 V"}``.

        Raises
        ------
        DataError
            If it cannot be read, a column is missing or unclear, or a cell is no conductance of a
            cell; with file, line and column.
        """
        header, lines = titled(Path(path), train_csv.EXPECTED, columns, needed=("polarity",))
        return cls.of_rows(header, lines, Path(path))

    @classmethod
    def of_rows(cls, header: Header, lines: Sequence[Line], path: Path) -> PulseTrains:
        """Return the pulses in ``lines`` of the file ``path``."""
        return cls(**train_csv.fields(header, lines, path), source=str(path))

    @classmethod
    def joined(cls, parts: Sequence[PulseTrains]) -> PulseTrains:
        """Return the pulses of several files; devices of different files are different devices.

        Raises
        ------
        DataError
            If only some tell amplitude or width, or there is none.
        """
        if not parts:
            raise DataError(message("PulseTrains", "pulses", "none", "Give a file at least."))
        cells = np.cumsum([0, *(len(part.devices) for part in parts)])
        trains = np.cumsum([0, *(int(part.train.max()) + 1 for part in parts)])
        shifted = {
            "device": [p.device + k for p, k in zip(parts, cells, strict=False)],
            "train": [p.train + k for p, k in zip(parts, trains, strict=False)],
        }
        arrays: dict[str, Any] = {}
        for name in ("device", "cycle", "train", "rising", "before", "after", "amplitude", "width"):
            every = shifted.get(name) or [getattr(part, name) for part in parts]
            given = [one for one in every if one is not None]
            if given and len(given) < len(every):
                lacking = next(p.source for p in parts if getattr(p, name) is None)
                remedy = f"Add the column, or say it: --column '{name}=VALUE'."
                raise DataError(message(lacking, f"{name} as in the others", "none", remedy))
            arrays[name] = np.concatenate(given) if given else None
        single = len(parts) == 1
        return cls(
            **arrays,
            devices=tuple(
                name if single else f"{Path(part.source).stem}: {name}"
                for part in parts for name in part.devices
            ),
            notes=tuple(note for part in parts for note in part.notes),
            source=", ".join(part.source for part in parts),
        )  # fmt: skip

    def _facts(self) -> dict[str, str]:
        low, high = self.range
        return {"source": self.source, "devices": ", ".join(self.devices),
                "trains": str(len(self.traces)), "pulses": str(len(self.rising)),
                "conductance": f"{text(low, 'S', 3)} to {text(high, 'S', 3)}",
                "notes": "; ".join(self.notes)}  # fmt: skip
