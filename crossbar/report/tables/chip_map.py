"""Tables of a network on a chip."""

from __future__ import annotations

from collections.abc import Callable

from crossbar.report.tables.table import (
    Cell,
    Column,
    Number,
    Table,
    columns,
    count,
    quantity,
)
from crossbar.types import Record

NONE = "\N{EN DASH}"


def layers(record: Record) -> Table:
    """Return a row a matrix, and the whole chip."""
    rows = [_row(one) for one in record["layers"]]
    total = record["total"]
    beside = quantity(total["latency_elsewhere"], "s"), quantity(total["energy_elsewhere"], "J")
    rows.append(("all else", *[""] * 9, *beside, ""))
    rows.append(
        ("chip", *[""] * 3, count(total["tiles"]), count(total["cells"]),
         _share(total["utilisation"]), "", "", "", quantity(total["latency"], "s"),
         quantity(total["energy"], "J"), area(total["area"]))
    )  # fmt: skip
    titles = (
        "matrix",
        "weights",
        "copies",
        "reads",
        "arrays",
        "cells",
        "used",
        "cycles",
        "DAC",
        "ADC",
    )
    return Table(
        name="map",
        caption=f"device.kind = {record['device']}, an inference. Used: share of the cells of the "
        "arrays that hold weights. DAC, ADC: conversions an input.",
        columns=(
            *columns(*titles),
            Column("time", "s"),
            Column("energy", "J"),
            Column("area", "m2"),
        ),
        rows=tuple(rows),
    )


def _row(one: Record) -> tuple[Cell, ...]:
    """Return the cells of a matrix."""
    conversions = one["conversions"]
    return (
        one["name"], f"{one['rows']} x {one['cols']}", count(one["copies"]), count(one["reads"]),
        count(one["tiles"]), count(one["cells"]), _share(one["utilisation"]), count(one["cycles"]),
        count(conversions["dac"]), count(conversions["adc"]), quantity(one["latency"], "s"),
        quantity(one["energy"], "J"), area(one["area"]),
    )  # fmt: skip


def totals(record: Record) -> Table:
    """Return the figures of the whole chip."""
    total, slow = record["total"], record["total"]["bottleneck"]
    ratio = total["digital"] / total["energy"] if total["energy"] else 0.0
    ours = {
        what: _assumed(total, what, text) for what, text in (("energy", energy), ("area", area))
    }
    rows: list[tuple[Cell, ...]] = [
        ("time of an inference, one after the other", quantity(total["latency"], "s"), ""),
        ("time between inferences, layers in a pipeline", quantity(total["interval"], "s"),
         f"the slowest stage is {slow['latency']}"),
        ("energy of an inference", quantity(total["energy"], "J"),
         f"{ours['energy']}; most in {slow['energy']}"),
        (f"power at {total['rate']:g} inferences/s", quantity(total["power"], "W"), ""),
        ("operations of an inference", count(total["operations"]), "multiplications"),
        ("efficiency", quantity(total["efficiency"], "Op/J"), "operations a joule"),
        ("area", area(total["area"]), f"{ours['area']}; most in {slow['area']}"),
        ("energy of 32-bit digital arithmetic", quantity(total["digital"], "J"),
         f"{ratio:.3g} times that of the chip; arithmetic alone, without memory"),
    ]  # fmt: skip
    return Table(
        name="map-chip",
        caption="The chip as a whole",
        columns=(Column("figure"), Column("value"), Column("remark", wrap=True)),
        rows=tuple(rows),
    )


def _assumed(total: Record, what: str, text: Callable[[float], Number]) -> str:
    """Return the share of the sum ``what`` that is assumed, and the sum at another choice."""
    share = total["assumed"][what]
    twice = text((1 + share) * total[what]).text
    return f"{100 * share:.0f} % on assumed costs, {twice} if these are twice as large"


def energy(value: float) -> Number:
    """Return an energy [J]."""
    return quantity(value, "J")


def sources(record: Record, kind: str) -> list[str]:
    """Return where ``area`` or ``energy`` come from, each source once with what it is of."""
    if kind == "energy":
        pairs = [(n.partition(", ")[2], source) for n, source in record["energy_sources"].items()]
    else:
        pairs = [pair for one in record["layers"] for pair in one["area_sources"].items()]
    by_source: dict[str, dict[str, None]] = {}
    for name, source in pairs:
        by_source.setdefault(source, {})[name.replace("_", " ")] = None
    return [f"{', '.join(names)}: {source}" for source, names in by_source.items()]


def area(value: float) -> Number:
    """Return an area [m2], in mm2 or um2 on the page."""
    text = f"{1e6 * value:.4g} mm\N{SUPERSCRIPT TWO}"
    return Number(value, text if value >= 1e-8 else f"{1e12 * value:.4g} µm\N{SUPERSCRIPT TWO}")


def _share(value: float | None) -> Cell:
    return NONE if value is None else Number(value, f"{100 * value:.0f} %")
