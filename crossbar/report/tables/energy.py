"""Tables of energy, latency and published networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TypeAlias

from crossbar.energy import CONVENTIONS, TABLE2, EnergyFigures, Printed, Row, spent, table1
from crossbar.report.merit import merit_text
from crossbar.report.records import Run
from crossbar.report.tables.assumptions import standing
from crossbar.report.tables.table import (
    Cell,
    Column,
    Number,
    Table,
    columns,
    count,
    quantity,
    references,
)
from crossbar.report.wording import (
    event_words,
    listing,
    quantity_text,
    seeds_of,
)
from crossbar.sources import is_assumed
from crossbar.types import Record

Counted: TypeAlias = tuple[Run, Record]


def shared(counted: Sequence[Counted]) -> list[str]:
    """Return the conventions that all records have; those of earlier versions lack ``circuit``."""
    return [name for name in CONVENTIONS if all(name in energy for _, energy in counted)]


def figures(record: Record) -> EnergyFigures:
    """Return the figures that a record of ``energy.json`` describes."""
    values = {field.name: record[field.name] for field in fields(EnergyFigures)}
    rows = tuple(Row(**row) for row in record["breakdown"])
    return EnergyFigures(**{**values, "breakdown": rows})


def alike(counted: Sequence[Counted]) -> list[list[Counted]]:
    """Return the runs in groups whose figures differ in what was counted on the chip alone."""
    groups: list[list[Counted]] = []
    for run, energy in counted:
        for group in groups:
            if all(group[0][1][k] == energy[k] for k, c in CONVENTIONS.items() if not c.counted):
                group.append((run, energy))
                break
        else:
            groups.append([(run, energy)])
    return groups


def beside_table1(group: Sequence[Counted]) -> Table:
    """Return Table 1 as printed, and the same numbers by every convention."""
    first, energy = group[0]
    sides = {"exact": energy["exact"]}
    counted = [name for name, convention in CONVENTIONS.items() if convention.counted]
    sides |= {f"{name}, {run.name}": own[name] for run, own in group for name in counted
              if name in own}  # fmt: skip
    sides["digital"] = energy["digital"]
    others = {name: table1(figures(record)) for name, record in sides.items()}
    rows: list[tuple[Cell, ...]] = []
    for k, (printed, ours) in enumerate(table1(figures(energy["leti-2026"]))):
        digits, unit = printed.digits_of(ours), printed.unit.replace("u", "µ")
        agrees = "yes" if digits == printed.digits else "no"
        rows.append(
            (printed.symbol, printed.meaning, f"{printed.digits} {unit}".strip(),
             Number(ours, f"{digits} {unit}".strip()), agrees,
             *(_like_print(printed, side[k][1], name) for name, side in others.items()))
        )  # fmt: skip
    return Table(
        name=f"{first.name}-table1",
        caption="Table 1 of LETI 2026 as printed, and the same numbers of "
        f"{listing([run.name for run, _ in group])} by each convention. leti-2026 is written with "
        f"the digits of the print. Powers of the conventions: at {energy['rate']:g} samples/s. "
        f"Physical and circuit: counted on the chip of seed {first.result['seeds'][0]}.",
        columns=(
            *columns("symbol"),
            Column("meaning", wrap=True),
            *columns("printed", "leti-2026", "agrees", *others),
        ),
        rows=tuple(rows),
    )


def _like_print(printed: Printed, value: float, convention: str) -> Cell:
    """Return ``value`` in engineering notation, if the quantity exists in the convention."""
    if printed.symbol == "P_AV" and convention != "exact":
        return "none"
    if not printed.unit:
        return count(value)
    unit = printed.unit if printed.scale == 1.0 else printed.unit[1:]
    return quantity(value, unit.replace("Op", "op"))


def conventions(counted: Sequence[Counted]) -> Table:
    """Return what every convention counts, and what it leaves out."""
    rows: list[tuple[Cell, ...]] = []
    for name in shared(counted):
        notes = dict.fromkeys(note for _, energy in counted for note in energy[name]["notes"])
        rows.append(
            (name, CONVENTIONS[name].words, ". ".join(n[0].upper() + n[1:] for n in notes) + ".")
        )
    return Table(
        name="conventions",
        caption="Conventions by which energy is counted. The printed table is the first one: see "
        "beside it what it omits.",
        columns=(
            *columns("convention"),
            *columns("energy is", "what it counts oddly or omits", wrap=True),
        ),
        rows=tuple(rows),
    )


def energies(counted: Sequence[Counted]) -> Table:
    """Return the energy of each of ``counted`` by every convention, with its sources."""
    entries = [(subject, name, energy[name]) for name in CONVENTIONS for subject, energy in counted
             if name in energy]  # fmt: skip
    notes = references([_sources(record["sources"]) for *_, record in entries])
    rows: list[tuple[Cell, ...]] = [
        (name, subject.name, quantity(record["energy_inference"], "J"),
         quantity(record["energy_training"], "J"), quantity(record["energy_per_op"], "J"), note)
        for (subject, name, record), note in zip(entries, notes, strict=True)
    ]  # fmt: skip
    return Table(
        name="energies",
        caption="Energy a sample by each convention, with the sources of its costs. Physical: as "
        "counted on the chip of one run; digital: for comparison.",
        columns=(
            *columns("convention", "of"),
            *columns("inference", "training step", "a multiplication", unit="J"),
            *columns("sources"),
        ),
        rows=tuple(rows),
    )


def _sources(sources: Sequence[str]) -> str:
    """Return the sources of costs; of many, how many are assumed, as the page names each once."""
    if len(sources) < 3:
        return "; ".join(sources)
    assumed = sum(is_assumed(source) for source in sources)
    return (
        f"{len(sources)} sources, {assumed} of which are assumptions: each is named under "
        "Assumptions and sources"
    )


def breakdown(run: Run, energy: Record) -> Table:
    """Return the physical energy by phase, part and event, largest first, with sources."""
    parts = [one for phase in ("inference", "training") for one in spent(energy, phase)]
    rows: list[tuple[Cell, ...]] = []
    for (r, share), note in zip(parts, references([r["source"] for r, _ in parts]), strict=True):
        n = count(r["count"]) if r["count"] >= 100 else Number(r["count"], f"{r['count']:.3g}")
        rows.append(
            (r["phase"], r["part"], event_words(r["event"]), n, quantity(r["energy"], "J"),
             Number(share, f"{100 * share:.1f} %"), standing(r["source"]), note)
        )  # fmt: skip
    samples = run.result["config"].get("energy", {}).get("images", "some")
    return Table(
        name=f"{run.name}-energy-breakdown",
        caption=f"Physical energy of {run.name} a sample, largest first: seed "
        f"{run.chips[0].seed}, counted over {samples} training samples. Of cells, the "
        "count is of multiplications.",
        columns=(
            *columns("phase", "part", "what", "count a sample"),
            Column("energy a sample", "J"),
            *columns("share", "cost is", "source"),
        ),
        rows=tuple(rows),
    )


def published(runs: Sequence[Run]) -> Table:
    """Return our measured runs, and below them Table 2 as printed."""
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        r = run.result
        weights = sum(v.reshape(-1, *v.shape[-2:])[0].size for k, v in run.cells.items()
                      if k.startswith("after/") and k.endswith("/weights"))  # fmt: skip
        energy = run.energy
        macs = f"{energy['exact']['ops_inference'] / 1e6:.3g} MMAC" if energy else "not counted"
        power = "not counted"
        if energy and run.analog:
            watts = quantity_text(energy["physical"]["power_inference"], "W", 3)
            power = f"{watts} at {energy['rate']:g} samples/s"
        what = " / ".join(r["classes"]) or "values, R²"
        accuracy = f"{merit_text(r)}, {what}, split by {r['split']}, "
        rows.append(
            (f"this project, {run.name}", accuracy + seeds_of(r), f"{weights / 1e6:.2g} M", macs,
             "yes" if run.analog else "no", "simulation", power)
        )  # fmt: skip
    rows += [(s.name, s.accuracy, s.parameters, s.complexity, s.training_on_chip, s.platform,
              s.power) for s in TABLE2]  # fmt: skip
    return Table(
        name="published-networks",
        caption="The first rows are measured here, on our data, with 95 % intervals, and their "
        "power is what was counted on the simulated chip; the others are as printed in LETI 2026, "
        "Table 2, which names neither split nor seeds nor intervals. Data sets, splits and what "
        "the power contains differ from row to row: the table shows orders of magnitude, no ranks.",
        columns=(
            *columns("system"),
            Column("accuracy", wrap=True),
            *columns("parameters", "complexity", "training on chip"),
            *columns("platform", "power", wrap=True),
        ),
        rows=tuple(rows),
        leading=len(runs),
    )
