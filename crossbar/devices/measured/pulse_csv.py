"""Pulse responses in CSV files: what users measure, and what circuits gave.

Three forms, told by the header; other columns are ignored. :mod:`crossbar.textfiles` says how the
text may be written, :mod:`crossbar.devices.measured.headers` how a header names units.

- ``g,set,set_std,reset,reset_std`` [S]: mean and spread of the steps at conductances that rise;
- ``u,up,up_std,down,down_std``: the same, u from 0 to 1 and steps relative to the range. In both
  the cells of set or of reset steps are empty at conductances where they were not measured, below
  or above those where they were;
- ``cycle,pulse,polarity,g`` [S]: every conductance before (pulse 0) and after each pulse, or
  another form of trains of :mod:`crossbar.devices.measured.train_csv`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crossbar import files
from crossbar.devices.measured.headers import STEPS, Header
from crossbar.devices.measured.pulse_trains import PulseTrains
from crossbar.devices.measured.rows import ASK, Line, require_credible, titled
from crossbar.devices.measured.traces import FIT, Columns, Reduction, Span, Trace, held, reduced
from crossbar.errors import DataError, message
from crossbar.types import Floats
from crossbar.units import text

CONDUCTANCES = ("g", *STEPS)
NORMALISED = ("u", "up", "up_std", "down", "down_std")
TRAINS = ("cycle", "pulse", "polarity", "g")
FORMS = (CONDUCTANCES, NORMALISED, TRAINS)
SURE = 3.0  # standard errors above zero at which reads count as noisy


def read(path: Path) -> Reduction:
    """Return what the file ``path`` says: traces reduced, or the columns that it gives.

    Raises
    ------
    DataError
        If it cannot be read, a column is missing, a cell is no finite number or negative where it
        cannot be, conductances do not rise from row to row, or rows are too few; with the line. If
        reads of trains spread by more than a step.
    """
    header, rows = titled(path, _forms())
    form = _form(header)
    if form is TRAINS:
        traces = PulseTrains.of_rows(header, rows, path).traces
        _require_quiet(traces, path)
        return reduced(traces, str(path))
    least = 3 if form is CONDUCTANCES else 2
    if len(rows) < least:
        remedy = "Give the steps at more conductances."
        raise DataError(message(str(path), f"{least} rows or more", str(len(rows)), remedy))
    axis = _axis(rows, form[0])
    steps, measured = _steps(rows, form[1:], axis)
    if form is NORMALISED:
        for row, end in ((rows[0], 0.0), (rows[-1], 1.0)):
            if row.value("u") != end:
                remedy = "u is the normalised conductance; or give g in siemens."
                raise row.fail(f"u = {end:g} in this row", row.text("u"), remedy)
        return Reduction(Columns(axis, steps, measured=(measured[0], measured[1])))
    require_credible(rows, axis.tolist())
    g_min, g_max = float(axis[0]), float(axis[-1])
    span = g_max - g_min
    for row, largest in zip(rows, steps[[0, 2]].max(axis=0), strict=True):
        if largest > span:
            got = f"{largest:g} S where the range is {span:g} S"
            raise row.fail("a mean step within the range of g", got, ASK)
    u = (axis - g_min) / span
    low_high = [((a - g_min) / span, (b - g_min) / span) for a, b in measured]
    return Reduction(Columns(u, steps / span, g_min, g_max, (low_high[0], low_high[1])))


def write(path: Path, columns: Columns, comments: Sequence[str]) -> None:
    """Write ``columns`` with a known range in siemens, under ``comments``.

    The header names the unit, without which :func:`read` doubts conductances above 0.01 S. Cells of
    steps that were not measured are empty.
    """
    if columns.g_min is None or columns.g_max is None:
        remedy = "Only steps in siemens are written."
        raise DataError(message(str(path), "a table with a range", "none", remedy))
    span = columns.g_max - columns.g_min
    table = np.vstack([columns.g_min + columns.u * span, span * columns.steps])
    for rows, (low, high) in zip((table[1:3], table[3:5]), columns.measured, strict=True):
        rows[:, (columns.u < low) | (columns.u > high)] = np.nan
    lines = [f"# {comment}" for comment in comments]
    lines.append(",".join(f"{name}_S" for name in CONDUCTANCES))
    cells = [["" if np.isnan(value) else f"{value:.9g}" for value in row] for row in table.T]
    lines += [",".join(row) for row in cells]
    files.make_folder(path.parent)
    files.write(path, "\n".join(lines) + "\n")


def write_traces(path: Path, traces: Sequence[Trace], comments: Sequence[str]) -> None:
    """Write ``traces`` pulse by pulse, under ``comments``; the header names the unit."""
    lines = [f"# {comment}" for comment in comments] + ["device,cycle,pulse,polarity,g_S"]
    for trace in traces:
        kind = "set" if trace.rising else "reset"
        start = f"{trace.device},{trace.cycle}"
        lines += [f"{start},{k},{kind},{g:.9g}" for k, g in enumerate(trace.g)]
    files.make_folder(path.parent)
    files.write(path, "\n".join(lines) + "\n")


def _require_quiet(traces: Sequence[Trace], path: Path) -> None:
    """Raise if reads of ``traces`` spread by more than a step, beyond chance.

    With e the second differences of a train, read noise gives E[e_n e_(n+2)] = sigma^2.
    Variations from pulse to pulse, and a smooth curve, give zero.
    """
    bent = [np.diff(trace.g, 2) for trace in traces]
    products = np.concatenate([e[2:] * e[:-2] for e in bent])
    if len(products) < 2:
        return
    step = np.mean([abs(t.g[-1] - t.g[0]) / max(len(t.g) - 1, 1) for t in traces])
    variance, error = products.mean(), products.std(ddof=1) / np.sqrt(len(products))
    if variance > max(step**2, SURE * error):
        got = f"a spread of {text(float(np.sqrt(variance)), 'S', 2)}"
        expected = f"reads that spread by less than a mean step, {text(float(step), 'S', 2)}"
        remedy = f"{FIT[0].upper()}{FIT[1:]}"
        raise DataError(message(str(path), expected, got, remedy))


def _forms() -> str:
    """Return the headers that are understood."""
    return "columns " + " or ".join(",".join(form) for form in FORMS)


def _form(header: Header) -> tuple[str, ...]:
    """Return the columns that ``header`` means, or raise naming the missing one."""
    if header.gives("polarity"):
        return TRAINS
    likely = max(FORMS, key=lambda form: sum(name in header.places for name in form))
    missing = [name for name in likely if not header.has(name)]
    if len(missing) == len(likely):
        got = ",".join(header.row.cells)
        raise header.row.fail(_forms(), got, "Begin with a header.")
    if likely is not TRAINS and "g" in likely and "g" not in header.places:
        missing = ["g"]  # steps in ohm or ampere are no steps of conductance
    if missing:
        raise header.missing(missing[0], f"columns {','.join(likely)}")
    return likely


def _axis(rows: list[Line], name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the conductances, which must rise from row to row."""
    values: list[float] = []
    for row in rows:
        value = row.value(name, low=0) if name == "u" else row.conductance()
        if values and value <= values[-1]:
            got = f"{value:g} after {values[-1]:g}"
            remedy = "Sort the rows by conductance, each once."
            raise row.fail(f"a {name} that rises from row to row", got, remedy)
        values.append(value)
    return np.array(values)


def _steps(rows: list[Line], names: Sequence[str], axis: Floats) -> tuple[Floats, list[Span]]:
    """Return the steps (4, rows), and between which of ``axis`` set and reset are measured.

    Where cells are empty the steps are those of the nearest row that has some.
    """
    steps, spans = [], []
    for pair in (names[:2], names[2:]):
        seen = np.array([any(row.text(name) for name in pair) for row in rows])
        places = np.flatnonzero(seen)
        if len(places) < 2:
            remedy = "Fill the cells of two rows at least."
            raise rows[0].fail(f"steps in column {pair[0]}", f"{len(places)}", remedy)
        gap = np.flatnonzero(~seen[places[0] : places[-1]])
        if len(gap):
            row = rows[int(places[0] + gap[0])]
            remedy = "Fill the row, or remove it: between rows steps are interpolated."
            raise row.fail(f"a number in column {pair[0]}", "''", remedy)
        for name in pair:
            values = [
                row.value(name, low=0) if s else 0.0 for row, s in zip(rows, seen, strict=True)
            ]
            steps.append(np.array(values)[held(seen)])
        spans.append((float(axis[places[0]]), float(axis[places[-1]])))
    return np.array(steps), spans
