"""A run of a spiking network: tables, files, figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crossbar import files
from crossbar.cli.console import err, say, table
from crossbar.plots.spikes import raster_png
from crossbar.report.wording import event_words
from crossbar.runs.spiking import SpikingPlan
from crossbar.spiking import Recording
from crossbar.spreadsheet import guarded_frame
from crossbar.types import Record
from crossbar.units import text


def keep(recording: Recording, folder: Path) -> list[str]:
    """Write spikes, voltages and their figure into ``folder``, and return the names of files."""
    names = ("input", "group")
    kept = [[n for n in recording.spikes if (n in recording.groups) == own] for own in (0, 1)]
    tables = {
        "inputs.csv": _spikes(recording, kept[0], names[0], "line"),
        "spikes.csv": _spikes(recording, kept[1], names[1], "neuron"),
        "membranes.csv": _membranes(recording),
    }
    for name, frame in tables.items():
        content = guarded_frame(frame).to_csv(index=False, lineterminator="\n")
        files.write(folder / name, content)
    files.write(folder / "raster.png", raster_png(recording))
    return [str(folder / name) for name in (*tables, "raster.png")]


def _spikes(recording: Recording, names: list[str], of: str, line: str) -> pd.DataFrame:
    """Return a row a spike of what is named."""
    ones = [recording.spikes[name] for name in names]
    frame = {
        of: np.repeat(names, [len(one) for one in ones]),
        line: np.concatenate([np.empty(0, np.int64), *(one.lines for one in ones)]),
        "time_s": np.concatenate([np.empty(0), *(one.times for one in ones)]),
    }
    return pd.DataFrame(frame)


def _membranes(recording: Recording) -> pd.DataFrame:
    """Return a row a sample, a column a neuron [V]."""
    columns = {"time_s": recording.times}
    for name, volts in recording.voltages.items():
        columns |= {f"{name} {k} [V]": volts[:, k] for k in range(volts.shape[1])}
    return pd.DataFrame(columns)


def show(record: Record, plan: SpikingPlan) -> None:
    """Print what the network did, and what that took."""
    energy, groups = record["energy"], plan.model.network.groups
    rows = [[f"input '{name}'", f"{n} spikes"] for name, n in record["inputs"].items()]
    rows += [
        [f"group '{name}'", f"{n} spikes, {_rate(n, groups[name].count, record['until'])} a neuron"]
        for name, n in record["spikes"].items()
    ]
    rows += [
        ["active neurons", f"{record['active']:.1%}"],
        ["synaptic events", f"{sum(record['events'].values())}"],
        *([f"dropped by '{n}'", f"{k} events"] for n, k in record["dropped"].items() if k),
        ["energy, counted", text(energy["counted"], "J")],
        *([f"  {words}", text(joules, "J")] for words, joules in _parts(energy["parts"]).items()),
        ["energy, 0.1 pJ a spike", text(energy["by_spikes"], "J")],
        ["energy, 0.9 pJ a synaptic event", text(energy["by_events"], "J")],
    ]
    title = f"{text(record['until'], 's')} on device.kind = {record['device']}"
    table(title, ["", "value"], rows)
    if record["device"] == "float":
        words = "Reads of ideal weights take no energy."
        say(f"{words} Hardware is a setting, such as device.kind=reram.")
    say(f"Files: {', '.join(record['files'])}" if "files" in record else "Files: add --out DIR.")


def hint(record: Record, plan: SpikingPlan) -> None:
    """Say on stderr if the network is silent because it is given nothing."""
    run, model = plan.run, plan.model
    flowing = [*model.currents.values(), *model.charges.values()]
    given = run.spikes or run.numbers or any(np.any(one) for one in flowing)
    if not given and not any(record["spikes"].values()):
        err.print("No input: give --encode or --spikes.", soft_wrap=True)


def _rate(spikes: int, neurons: int, seconds: float) -> str:
    """Return the mean rate of a neuron."""
    return text(spikes / neurons / seconds, "Hz", 3)


def _parts(rows: list[Record]) -> dict[str, float]:
    """Return the energy of what did the work [J]."""
    parts: dict[str, float] = {}
    for row in rows:
        words = event_words(row["event"])
        parts[words] = parts.get(words, 0.0) + row["energy"]
    return parts
