"""The page about a fitted device: its law, parameters with intervals, and figures."""

from __future__ import annotations

from pathlib import Path

from crossbar.devices import DeviceFit
from crossbar.report.document import Bullets, Figures, Section, Tabular, Text
from crossbar.report.figures.canvas import Picture
from crossbar.report.page import write_page
from crossbar.report.tables.table import Cell, Column, Number, Table

LEAD = "A device fitted to measured pulses: its law, and how certain each of its parameters is."


def write_fit(out: Path, fit: DeviceFit, pictures: tuple[Picture, ...]) -> Path:
    """Write the page about ``fit`` into the folder ``out``; return its file."""
    good = fit.goodness
    errors = (
        f"If the law is right, mean errors as large as these have a probability of {good.steps:.2g}"
        f", their squares of {good.spread:.2g}. Reads further off than chance explains: "
        f"{100 * good.wrong:.2g} %."
    )
    notes = (Bullets(fit.notes),) if fit.notes else ()
    parts = [
        Section("law", "The law", (Text(f"{fit.reason[0].upper()}{fit.reason[1:]}."),
                                   Text(errors), *notes)),
        Section("parameters", "Parameters", (Tabular(_table(fit)),)),
        Section("figures", "Figures", (Figures(pictures),)),
    ]  # fmt: skip
    return write_page(out, f"Fitted device: {fit.law}", LEAD, parts)


def _table(fit: DeviceFit) -> Table:
    """Return the parameters with their intervals."""
    columns = (Column("setting"), Column("value"), Column("from"), Column("to"), Column("unit"))
    rows: list[tuple[Cell, ...]] = []
    for name, one in {**fit.parameters, **fit.spread}.items():
        cells = (Number(value, shown) for value, shown in zip(one[:3], one.texts, strict=True))
        rows.append((f"device.{name}", *cells, one.unit))
    caption = (
        f"Median of the posterior and interval of {100 * fit.level:g} % of every parameter. "
        f"Fitted to {fit.trains.source or 'measured pulses'}."
    )
    return Table("parameters", caption, columns, tuple(rows))
