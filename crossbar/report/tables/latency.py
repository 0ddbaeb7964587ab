"""Tables of latency: an inference against copies, and its parts."""

from __future__ import annotations

from collections.abc import Sequence

from crossbar.report.tables.assumptions import standing
from crossbar.report.tables.energy import Counted
from crossbar.report.tables.table import Column, Table, columns, count, quantity


def latency(runs: Sequence[Counted]) -> Table:
    """Return cycles, time and cells of one inference against copies of the convolution."""
    rows = [
        (run.name, count(row["copies"]), count(row["cycles"]), quantity(energy["t_cycle"], "s"),
         quantity(row.get("arrays", row["seconds"]), "s"),
         quantity(row["seconds"], "s") if "parts" in row else "not counted", count(row["cells"]))
        for run, energy in runs
        for row in energy["latency"]
    ]  # fmt: skip
    return Table(
        name="latency",
        caption="One inference on B copies of the convolution array: the array cycles alone, and "
        "with all that settles after them, by part in the table below. Cells: those that hold "
        "weights, without reference columns.",
        columns=(
            *columns("run", "copies B", "cycles"),
            *columns("a cycle", "arrays alone", "inference", unit="s"),
            *columns("cells"),
        ),
        rows=tuple(rows),
    )


def latency_parts(runs: Sequence[Counted]) -> Table:
    """Return the time of one inference with one copy, by part, with its source."""
    rows = [
        (run.name, part["name"], count(part["times"]), quantity(part["seconds"], "s"),
         standing(part["source"]), part["source"].partition(": ")[2])
        for run, energy in runs
        for part in energy["latency"][0].get("parts", ())
    ]  # fmt: skip
    return Table(
        name="latency-parts",
        caption="Time of one inference on one copy of the convolution array, by part. Parts follow "
        "one after the other, and all lines of a part work at once.",
        columns=(
            *columns("run", "part", "one after the other"),
            Column("time", "s"),
            *columns("number is"),
            Column("source", wrap=True),
        ),
        rows=tuple(rows),
    )
