"""A fit of a device shown: a table of its parameters, and a page with figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crossbar.cli.console import Bars, say, table
from crossbar.devices import DeviceFit, Estimate, PulseTrains, fit_device
from crossbar.errors import fail
from crossbar.files import make_folder
from crossbar.plots.device_fits import pictures
from crossbar.random import Streams
from crossbar.report.document import Bullets, Figures, Section, Tabular, Text
from crossbar.report.page import write_page
from crossbar.report.tables.table import Cell, Column, Number, Table
from crossbar.types import Record

LEAD = "A device fitted to measured pulses: its law, and how certain each of its parameters is."


def fitted(
    files: Sequence[Path], level: float, laws: Sequence[str], columns: Sequence[str],
    out: Path | None, seed: int,
) -> Record:  # fmt: skip
    """Return the fit to ``files`` as a record; write device and page into ``out``, if given."""
    given = dict(map(_column, columns))
    trains = PulseTrains.joined([PulseTrains.from_csv(file, given or None) for file in files])
    with Bars() as bars:
        fit = fit_device(trains, rng=Streams(seed)("fit"), level=level, laws=laws, progress=bars)
    record: Record = {
        "law": fit.law,
        "parameters": {name: one._asdict() for name, one in fit.parameters.items()},
        "spread": {name: one._asdict() for name, one in fit.spread.items()},
        "heldout": fit.heldout,
        "reason": fit.reason,
        "goodness": {
            "steps": fit.goodness.steps, "spread": fit.goodness.spread,
            "correlation": fit.goodness.correlation, "wrong": fit.goodness.wrong,
        },
        "level": fit.level,
        "notes": list(fit.notes),
    }  # fmt: skip
    if out is not None:
        make_folder(out)
        record["device"] = str(fit.write(out))
        record["report"] = str(_page(fit, out, seed))
    return record


def _column(given: str) -> tuple[str, str]:
    """Return what a column is called here and there."""
    here, equals, there = given.partition("=")
    if not equals or not here.strip() or not there.strip():
        fail("--column", "HERE=THERE", repr(given), "Such as --column 'g=Gd [uS]'.")
    return here.strip(), there.strip()


def _page(fit: DeviceFit, out: Path, seed: int) -> Path:
    """Write the page about ``fit`` into ``out``."""
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
        Section("figures", "Figures", (Figures(pictures(fit, seed)),)),
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


def show(record: Record) -> None:
    """Print what was fitted."""
    every: dict[str, dict[str, Any]] = {**record["parameters"], **record["spread"]}
    rows = [[f"device.{name}", *Estimate(**one).texts] for name, one in every.items()]
    title = f"Law: {record['law']}. Intervals of {100 * record['level']:g} %"
    table(title, ["setting", "value", "from", "to"], rows)
    say(f"{record['reason'][0].upper()}{record['reason'][1:]}.")
    for note in record["notes"]:
        say(f"Note: {note}.")
    if "device" in record:
        say(f"Device: {record['device']}. Page: {record['report']}")
        say(f"Train on it: crossbar train scripts/leti_cnn.toml device.kind={record['device']}")
    else:
        say("A device file, its posterior and figures: add --out DIR.")
