"""Results as tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.text import Text

from crossbar.cli.console import out, say, table
from crossbar.energy import CONVENTIONS, QUANTITIES, spent
from crossbar.report.merit import SHARE, bounds, merit, merit_words
from crossbar.report.wording import event_words
from crossbar.runs.metrics import known
from crossbar.runs.store.result import ASSUMED
from crossbar.sources import kind_of
from crossbar.types import Record
from crossbar.units import text


def accuracy(result: Record) -> str:
    """Return the figure of merit with its interval."""
    name = merit(result)
    return f"{result[name]:.3f} {bounds(result[f'{name}_ci95'])}".rstrip()


def result(record: Record, folder: Path | None) -> None:
    """Show what a chip got right."""
    seeds = ", ".join(map(str, record["seeds"]))
    rows = [
        [f"{merit_words(record)} [95 % interval]", accuracy(record)],
        *_beside(record),
        ["split by", record["split"]],
        ["seeds", seeds],
        ["interval", record["interval"]],
        *_more(record),
        *_spikes(record),
        ["speed of the simulation, images/s", f"{record['images_per_second']:.0f}"],
    ]
    ranges = [r for seed in record.get("per_seed", ()) for r in seed.get("adc", {}).items()]
    if ranges:
        used = ", ".join(f"{name} {r['used']:.0%} of {r['reach']:.2g}" for name, r in ranges)
        rows.append(["range of the ADCs used", used])
    table(f"device.kind = {record['device']}", ["", "test part"], rows)
    if skipped := record.get("files_skipped"):
        say(f"Not read: {'; '.join(skipped)}.")
    for name, (on, off, cells) in (_stuck(record) if "per_seed" in record else {}).items():
        out.print(f"Array {name}: {on} cells stuck on, {off} off, of {cells}.")
    if folder is not None:
        say(f"Kept in {folder}. Next: crossbar report {folder}")


def _beside(record: Record) -> list[list[str]]:
    """Return the rows of the trained chip and of every fabricated one, where they are known."""
    name = merit(record)
    ways = {"float": "the same in floating point", "trained": "that of the trained chip"}
    rows = [[words, f"{record[f'{name}_{way}']:.3f}"] for way, words in ways.items()
            if f"{name}_{way}" in record]  # fmt: skip
    if each := record.get("per_chip"):
        rows.append([f"over {len(each)} chips", f"{min(each):.3f} to {max(each):.3f}"])
    return rows


def _spikes(record: Record) -> list[list[str]]:
    """Return the row of what spiking neurons do, of a network that has some."""
    seen = [seed["spikes"] for seed in record.get("per_seed", ()) if "spikes" in seed]
    if not seen:
        return []
    count, share = (sum(one[name] for one in seen) / len(seen) for name in ("spikes", "active"))
    return [["spikes of an inference", f"{count:.0f}, {share:.0%} of neurons"]]


AT_A_GLANCE = ("agreement", "loss", "repair_energy", "repair_time")  # beside the figure of merit


def tests(results: Sequence[tuple[dict[str, Any], Record]]) -> None:
    """Show the figures of several tests of the same chips, each with what varies in it."""
    first = results[0][1]
    measured = {name: one for name, one in first["metrics"].items() if name in AT_A_GLANCE}
    known = [name for name in measured if any(name in record for _, record in results)]
    heads = [name.removeprefix("test.") for name in results[0][0]]
    heads += [f"{merit_words(first)} [95 %]", *(measured[name]["words"] for name in known)]
    rows = [
        [*map(str, point.values()), accuracy(record),
         *(_figure(record[n], measured[n]["unit"]) + _assumed(record, n) if n in record else ""
           for n in known)]
        for point, record in results
    ]  # fmt: skip
    table(
        f"device.kind = {first['device']}, {first['interval']}",
        heads,
        rows,
        words=len(results[0][0]),
    )


def layers(point: dict[str, Any], errors: Sequence[Record]) -> None:
    """Show the errors of the layers at a ``point``, and what each adds."""
    rows = [[one["layer"], f"{100 * one['error']:.2g} %", f"{100 * one['own']:.2g} %"]
            for one in errors]  # fmt: skip
    where = "".join(f", {name.removeprefix('test.')} = {value}" for name, value in point.items())
    title = f"Rms error against floating point{where}"
    table(title, ["layer", "with the layers before", "its own"], rows)


def _more(record: Record) -> list[list[str]]:
    """Return the rows of what else was measured."""
    rows = [
        [one["words"] + _assumed(record, name), _figure(record[name], one["unit"])]
        for name, one in record["metrics"].items()
        if name in record and name != merit(record)
    ]
    return rows + ([["classes", ", ".join(record["classes"])]] if record["classes"] else [])


def _assumed(record: Record, name: str) -> str:
    """Return how much of an energy rests on assumed costs, to stand behind it or its words."""
    share = record.get(ASSUMED, {}).get(name)
    return f", {100 * share:.0f} % on assumed costs" if share else ""


def _figure(value: float, unit: str) -> str:
    """Return a metric with its unit; shares are numbers from 0 to 1, as the accuracy."""
    if not unit and value.is_integer():
        return f"{value:,.0f}"
    return f"{value:.3f}" if unit in ("", SHARE) else text(value, unit)


SHOWN = 12  # arrays, more of which are added up


def _stuck(record: Record) -> dict[str, tuple[int, int, int]]:
    """Return the stuck cells of the first chip: on, off and of how many, array by array."""
    arrays = {k: tuple(v) for k, v in record["per_seed"][0].get("stuck_cells", {}).items()}
    if len(arrays) <= SHOWN:
        return arrays
    on, off, cells = (sum(counts) for counts in zip(*arrays.values(), strict=True))
    return {f"total of {len(arrays)}": (on, off, cells)}


def comparison(runs: dict[str, Record]) -> None:
    """Show several results side by side."""
    rows = [
        [name, accuracy(r), f"{r['loss']:.3f}", r["split"], str(len(r["seeds"]))]
        for name, r in runs.items()
    ]
    table("Test accuracy", ["device.kind", "accuracy [95 %]", "loss", "split by", "seeds"], rows)


def robustness(frame: pd.DataFrame) -> None:
    """Show the mean figure of merit under each stress."""
    frame = frame[frame["status"] == "done"]
    if frame.empty:
        return
    merit = next(metric for metric in known() if metric.name in frame)
    for (words, unit), group in frame.groupby(["words", "unit"], sort=False):
        means = group.groupby("value")[merit.name].agg(["mean", "min", "max"])
        times = 100 if unit == SHARE else 1
        rows = [
            [f"{times * value:g}", f"{mean:.3f}", f"{low:.3f} to {high:.3f}"]
            for value, mean, low, high in means.itertuples()
        ]
        table(f"{words} ({unit})", ["strength", f"mean {merit.words}", "over seeds"], rows)


def energy(record: Record) -> None:
    """Show energy by convention, then what each leaves out and where its costs come from."""
    rows = []
    for key, (label, unit, _) in QUANTITIES.items():
        values = [record[name][key] for name in CONVENTIONS]
        rows.append([label, *(text(v, unit, 5) if unit else f"{v:,.0f}" for v in values)])
    title = f"device.kind = {record['device']}, power at {record['rate']:g} images/s"
    table(title, ["an image", *CONVENTIONS], rows)
    for phase in ("inference", "training"):
        _parts(record, phase)
    first = record["latency"][0]
    times = [[part["name"], str(part["times"]), text(part["seconds"], "s", 4), part["source"]]
             for part in first["parts"]]  # fmt: skip
    table(f"Time of an inference, one copy: {text(first['seconds'], 's', 4)}",
          ["part", "one after the other", "time", "source"], times)  # fmt: skip
    for kind in ("notes", "sources"):
        by_source: dict[str, list[str]] = {}
        for name in CONVENTIONS:
            for line in record[name][kind]:
                by_source.setdefault(line, []).append(name)
        out.print(f"\n{kind.capitalize()}", style="bold")
        for line, names in by_source.items():
            out.print(f"- {line} ({', '.join(names)})")


def _parts(record: Record, phase: str) -> None:
    """Show the physical energy of ``phase`` by part, the largest first, with its kind of source."""
    rows = [
        [row["part"], event_words(row["event"]), text(row["energy"], "J", 3),
         f"{100 * share:.1f} %", kind_of(row["source"])]
        for row, share in spent(record, phase)
    ]  # fmt: skip
    if rows:
        total = text(record["physical"][f"energy_{phase}"], "J", 4)
        title = f"Physical energy of {phase} by part: {total}"
        table(title, ["part", "event", "energy", "share", "cost is"], rows, words=2)


def info(record: Record) -> None:
    """Show versions and devices."""
    rows = [[name, value] for name, value in record["versions"].items()]
    table("Versions", ["package", "version"], rows, words=2)
    for group, entries in record["registries"].items():
        lines = [[name, words] for name, words in entries.items()]
        title = f"{group}, for {record['settings'][group]}"
        table(title, ["kind", "what it is"], lines, words=2)
    out.print()
    for name, source in (record["devices"] | record["circuits"]).items():
        out.print(Text(name, "bold"))
        for clause in source.split("; "):
            out.print(Text(f"  {clause}"))
