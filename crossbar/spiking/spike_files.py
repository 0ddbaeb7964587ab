"""Spikes in files: a table with a row a spike, or an archive of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from crossbar import texttables
from crossbar.array_checks import Array, real
from crossbar.checks import require_path
from crossbar.data import npz
from crossbar.devices.measured.headers import split
from crossbar.errors import ConfigError, CrossbarError, DataError, message, nearest
from crossbar.spiking.spikes import Spikes
from crossbar.units import si

EXPECTED = "a table of spikes, with the columns time and line"
REMEDY = "Write a header such as input,line,time_us, and a row a spike."


def read_spikes(path: Path | str, inputs: Mapping[str, int]) -> dict[str, Spikes]:
    """Return the spikes in ``path``, in any order, by the name of their input.

    Parameters
    ----------
    path
        A table with the columns ``time`` (``time_us``, ``time [ms]``; seconds without a unit),
        ``line``, and ``input`` where there are several; or an archive ``.npz`` with the arrays
        ``times`` [s] and ``lines``, ``INPUT.times`` and ``INPUT.lines`` where there are several.
    inputs
        How many lines each has.

    Raises
    ------
    DataError
        If the file cannot be read, a time or a line cannot be, or an input is unknown.
    """
    path = require_path("read_spikes.path", path)
    read = _archive if path.suffix.lower() == ".npz" else _table
    times, lines = read(path, list(inputs))
    for name, own in lines.items():
        if (others := own[(own < 0) | (own >= inputs[name])]).size:
            expected = f"lines from 0 to {inputs[name] - 1}, as input '{name}' has {inputs[name]}"
            remedy = "Correct the file, or give the input more lines."
            raise DataError(message(str(path), expected, f"line {others[0].item()}", remedy))
    try:
        return {name: Spikes.in_order(times[name], lines[name], inputs[name]) for name in times}
    except CrossbarError as error:
        raise type(error)(error.message.within(str(path))) from None


def _archive(path: Path, inputs: Sequence[str]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return times and lines of an archive, by input."""
    names = {one: (f"{one}.times", f"{one}.lines") for one in inputs}
    if len(inputs) == 1:
        names = {inputs[0]: ("times", "lines")}
    able = tuple(name for pair in names.values() for name in pair)
    stored, others = npz.read(path, (), able)
    for name in others:
        raise DataError(message(str(path), "arrays of spikes", f"'{name}'", nearest(name, able)))
    times, lines = {}, {}
    for one, (at, on) in names.items():
        if at in stored or on in stored:
            both, _ = npz.read(path, (at, on), ())
            times[one], lines[one] = (real(f"{path}, {name}", both[name]) for name in (at, on))
    return times, lines


def _table(path: Path, inputs: Sequence[str]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return times and lines of a table, by input."""
    header, rows = texttables.table(path, EXPECTED, REMEDY).with_points().titled()
    columns = {split(cell)[0].lower(): k for k, cell in enumerate(header.cells)}
    for name in ("time", "line", *(["input"] if len(inputs) > 1 else [])):
        if name not in columns:
            raise header.fail(f"a column '{name}'", ", ".join(header.cells), REMEDY)
    for name, k in columns.items():
        if name not in ("time", "line", "input"):
            raise header.fail("columns time, line and input", repr(header.cells[k]), REMEDY, k)
    k = columns["time"]
    try:
        second = si(f"1 {split(header.cells[k])[1] or 's'}", "s")
    except ConfigError:
        raise header.fail("a unit of time", repr(header.cells[k]), "Such as time_us.", k) from None
    numbers = texttables.numbers(rows, [k, columns["line"]], "Correct the cell.")
    of = [row.cells[columns["input"]] if "input" in columns else inputs[0] for row in rows]
    for row, name in zip(rows, of, strict=True):
        if name not in inputs:
            raise row.fail("an input", repr(name), nearest(name, inputs), columns.get("input"))
    owners = np.array(of)
    times, lines = {}, {}
    for name in dict.fromkeys(of):
        own = numbers[owners == name]
        times[name], lines[name] = second * own[:, 0], _whole(own[:, 1])
    return times, lines


def _whole(lines: Array) -> Array:
    """Return numbers as whole ones where all are; others are refused as spikes are made."""
    whole = np.rint(lines)
    return whole.astype(np.int64) if (whole == lines).all() else lines
