"""A device fitted to files: a table of its parameters, and what --out keeps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crossbar.cli.console import Bars, say, table
from crossbar.devices import Estimate, PulseTrains, fit_device
from crossbar.errors import fail
from crossbar.files import make_folder
from crossbar.plots.device_fits import pictures
from crossbar.random import Streams
from crossbar.report.device_fit import write_fit
from crossbar.types import Record


def fitted(
    files: Sequence[Path], level: float, laws: Sequence[str], columns: Sequence[str],
    out: Path | None, seed: int,
) -> Record:  # fmt: skip
    """Return the fit to ``files`` as a record; write device and page into ``out``, if given."""
    given = dict(map(_column, columns))
    trains = PulseTrains.joined([PulseTrains.from_csv(file, given or None) for file in files])
    with Bars() as bars:
        fit = fit_device(trains, rng=Streams(seed)("fit"), level=level, laws=laws, progress=bars)
    record = fit.record()
    if out is not None:
        make_folder(out)
        record["device"] = str(fit.write(out))
        record["report"] = str(write_fit(out, record, fit.trains.source, pictures(fit, seed)))
    return record


def _column(given: str) -> tuple[str, str]:
    """Return what a column is called here and there."""
    here, equals, there = given.partition("=")
    if not equals or not here.strip() or not there.strip():
        fail("--column", "HERE=THERE", repr(given), "Such as --column 'g=Gd [uS]'.")
    return here.strip(), there.strip()


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
