"""Tables of converters: their ranges, and what they take."""

from __future__ import annotations

from collections.abc import Sequence

from crossbar.report.records import Run
from crossbar.report.tables.energy import Counted
from crossbar.report.tables.table import Cell, Column, Number, Table, columns, count, quantity
from crossbar.report.wording import event_words


def ranges(run: Run) -> Table | None:
    """Return how much of the range of its ADCs each layer of ``run`` uses; None without ADCs."""
    rows: list[tuple[Cell, ...]] = [
        (count(record["seed"]), name, Number(r["reach"], f"{r['reach']:.3g}"),
         Number(r["used"], f"{100 * r['used']:.0f} %"),
         f"calibrated on {r['images']} training samples" if r["calibrated"] else "set for this run")
        for record in run.result.get("per_seed", ())
        for name, r in record.get("adc", {}).items()
    ]  # fmt: skip
    if not rows:
        return None
    return Table(
        name=f"{run.name}-adc-ranges",
        caption=f"Ranges of the ADCs of {run.name} in forward reads. Full scale is relative to "
        "that of the line amplifiers, which are laid out for random inputs; used is the share that "
        "the largest line current takes.",
        columns=columns("seed", "layer", "full scale", "used by the largest", "range is"),
        rows=tuple(rows),
    )


def costs(runs: Sequence[Counted]) -> Table | None:
    """Return number, energy, time and area of the converters of each layer; None without any."""
    rows: list[tuple[Cell, ...]] = [
        (run.name, one["layer"], event_words(one["event"]), one["type"], count(one["lines"]),
         quantity(one["energy"], "J"), quantity(one["time"], "s"),
         Number(one["area"], f"{1e12 * one['area']:,.4g} um2"),
         "; ".join(f"{what}: {source}" for what, source in one["sources"].items()))
        for run, energy in runs
        for one in energy.get("converters", ())
    ]  # fmt: skip
    if not rows:
        return None
    return Table(
        name="converters",
        caption="Converters of each layer: one a line of every array, or one for the lines that "
        "share it, on both sides of those that training reads transposed. Energy and time of one "
        "conversion; area of all of them.",
        columns=(
            *columns("run", "layer", "converter", "kind", "how many"),
            Column("energy", "J"),
            Column("time", "s"),
            Column("area", "m2"),
            Column("sources", wrap=True),
        ),
        rows=tuple(rows),
    )
