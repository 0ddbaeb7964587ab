"""Pulse responses in CSV files: what users measure, and what circuits gave.

Three forms, told by the header; other columns are ignored. :mod:`crossbar.textfiles` says how the
text may be written.

- ``g,set,set_std,reset,reset_std`` [S]: mean and spread of the steps at conductances that rise;
- ``u,up,up_std,down,down_std``: the same, u from 0 to 1 and steps relative to the range;
- ``cycle,pulse,polarity,g`` [S]: every conductance before (pulse 0) and after each pulse; polarity
  is ``set`` or ``reset``, and a column ``device`` may tell several cells apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar import textfiles
from crossbar.devices.traces import Columns, Reduction, Trace, reduced
from crossbar.errors import DataError, message

CONDUCTANCES = ("g", "set", "set_std", "reset", "reset_std")
NORMALISED = ("u", "up", "up_std", "down", "down_std")
TRAINS = ("cycle", "pulse", "polarity", "g")
FORMS = (CONDUCTANCES, NORMALISED, TRAINS)
POLARITIES = {"set": True, "reset": False}


@dataclass(frozen=True)
class Line:
    """A row of a file, and its cells by column."""

    row: textfiles.Row
    cells: dict[str, str]

    def fail(self, expected: str, got: str, remedy: str) -> DataError:
        """Return the error that names this line."""
        return self.row.fail(expected, got, remedy)

    def value(self, column: str, *, low: float = -math.inf, above: float = -math.inf) -> float:
        """Return the number in ``column``, or raise."""
        number = textfiles.number(self.cells[column])
        if number is None or not (math.isfinite(number) and number >= low and number > above):
            limit = f" >= {low:g}" if low > -math.inf else ""
            limit = f" above {above:g}" if above > -math.inf else limit
            remedy = "Correct the cell, or remove the row."
            raise self.fail(f"a number{limit} in column {column}", repr(self.cells[column]), remedy)
        return number


def read(path: Path) -> Reduction | Columns:
    """Return what the file ``path`` says: traces reduced, or the columns that it gives.

    Raises
    ------
    DataError
        If it cannot be read, a column is missing, a cell is no finite number or negative where it
        cannot be, conductances do not rise from row to row, or rows are too few; with the line.
    """
    remedy = "Give the path of a CSV file."
    first, below = textfiles.table(path, _forms(), remedy).with_points().titled()
    header = [name.lower() for name in first.cells]
    form = _form(Line(first, dict.fromkeys(header, "")))
    rows = [Line(row, dict(zip(header, row.cells, strict=True))) for row in below]
    if form is TRAINS:
        return reduced(_traces(rows, path), str(path))
    least = 3 if form is CONDUCTANCES else 2
    if len(rows) < least:
        remedy = "Give the steps at more conductances."
        text = message(str(path), f"{least} rows or more", str(len(rows)), remedy)
        raise DataError(text)
    axis = _axis(rows, form[0])
    steps = np.array([[row.value(name, low=0) for row in rows] for name in form[1:]])
    if form is NORMALISED:
        for row, end in ((rows[0], 0.0), (rows[-1], 1.0)):
            if row.value("u") != end:
                remedy = "u is the normalised conductance; or give g in siemens."
                raise row.fail(f"u = {end:g} in this row", row.cells["u"], remedy)
        return Columns(axis, steps)
    g_min, g_max = float(axis[0]), float(axis[-1])
    span = g_max - g_min
    u = (axis - g_min) / span
    return Columns(u, steps / span, g_min=g_min, g_max=g_max)


def write(path: Path, columns: Columns, comments: Sequence[str]) -> None:
    """Write ``columns`` with a known range in siemens, under ``comments``."""
    if columns.g_min is None or columns.g_max is None:
        remedy = "Only steps in siemens are written."
        raise DataError(message(str(path), "a table with a range", "none", remedy))
    span = columns.g_max - columns.g_min
    table = np.vstack([columns.g_min + columns.u * span, span * columns.steps])
    lines = [f"# {comment}" for comment in comments] + [",".join(CONDUCTANCES)]
    lines += [",".join(f"{value:.9g}" for value in row) for row in table.T]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def write_traces(path: Path, traces: Sequence[Trace], comments: Sequence[str]) -> None:
    """Write ``traces`` pulse by pulse, under ``comments``."""
    lines = [f"# {comment}" for comment in comments] + ["device,cycle,pulse,polarity,g"]
    for trace in traces:
        kind = "set" if trace.rising else "reset"
        start = f"{trace.device},{trace.cycle}"
        lines += [f"{start},{k},{kind},{g:.9g}" for k, g in enumerate(trace.g)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def _forms() -> str:
    """Return the headers that are understood."""
    return "columns " + " or ".join(",".join(form) for form in FORMS)


def _form(header: Line) -> tuple[str, ...]:
    """Return the columns that ``header`` means, or raise naming the missing one."""
    likely = max(FORMS, key=lambda form: len(set(form) & set(header.cells)))
    missing = [name for name in likely if name not in header.cells]
    if len(missing) == len(likely):
        raise header.fail(_forms(), ",".join(header.cells), "Begin with a header.")
    if missing:
        expected = f"columns {','.join(likely)}"
        raise header.fail(expected, f"no column {missing[0]}", "Add it to the header and the rows.")
    return likely


def _axis(rows: list[Line], name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the conductances, which must rise from row to row."""
    values: list[float] = []
    for row in rows:
        value = row.value(name, low=0) if name == "u" else row.value(name, above=0)
        if values and value <= values[-1]:
            got = f"{value:g} after {values[-1]:g}"
            remedy = "Sort the rows by conductance, each once."
            raise row.fail(f"a {name} that rises from row to row", got, remedy)
        values.append(value)
    return np.array(values)


def _traces(rows: list[Line], path: Path) -> list[Trace]:
    """Return the trains that the rows hold."""
    trains: dict[tuple[int, int, bool], list[tuple[int, float]]] = {}
    for row in rows:
        polarity = row.cells["polarity"].lower()
        if polarity not in POLARITIES:
            got = repr(row.cells["polarity"])
            raise row.fail("set or reset in column polarity", got, "Name the pulse.")
        device, cycle, pulse = (
            _whole(row, name) if name in row.cells else 0 for name in ("device", "cycle", "pulse")
        )
        train = trains.setdefault((device, cycle, POLARITIES[polarity]), [])
        if train and pulse <= train[-1][0]:
            got = f"{pulse} after {train[-1][0]}"
            raise row.fail("pulse numbers that rise within a train", got, "Sort the rows.")
        train.append((pulse, row.value("g", above=0)))
    if not trains:
        remedy = "Give every conductance of the trains."
        raise DataError(message(str(path), "rows of pulses", "none", remedy))
    return [Trace(*key, np.array([g for _, g in train])) for key, train in trains.items()]


def _whole(row: Line, name: str) -> int:
    """Return the whole number in column ``name``."""
    value = row.value(name, low=0)
    if value != int(value):
        raise row.fail(f"a whole number in column {name}", row.cells[name], "Count from 0.")
    return int(value)
