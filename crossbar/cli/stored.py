"""Runs of a store, there or planned, as the terminal shows them and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from crossbar.cli.console import out, print_json, say, table
from crossbar.errors import fail, nearest
from crossbar.report.sweeps import splits
from crossbar.report.sweeps.reading import read_store
from crossbar.runs.comparison import selected
from crossbar.runs.metrics import METRICS, Better, units
from crossbar.runs.store import Store
from crossbar.runs.store.store import located
from crossbar.runs.store.table import metric_names, records
from crossbar.runs.sweep import Sampling
from crossbar.runs.sweep.design import Axes, require_runs
from crossbar.runs.sweep.sweep import planned
from crossbar.runs.sweep.targets import target
from crossbar.toml import leaves
from crossbar.units import text

SHOWN = ("run", "status")
FIRST = 4  # metrics of the package that are listed, where a run has them


def show_plan(
    base: Any, design: Axes, sampling: Sampling | None, seeds: list[int] | None, folder: Path
) -> None:
    """Show points, runs and where they would go."""
    kind = target(base)
    used = seeds or kind.seeds
    kind.check(used)
    points = planned(kind, design, sampling)
    require_runs(len(points), len(used))
    runs = len(points) * len(used)
    rows = []
    for name in points[0].parameters:
        texts = list(dict.fromkeys(str(p.parameters.get(name, "")) for p in points))
        shown = texts if len(texts) < 9 else [*texts[:4], "...", *texts[-3:]]
        rows.append([name, ", ".join(shown), str(len(texts))])
    table(
        f"{_counted(len(points), 'point')}, {_counted(runs, 'run')}",
        ["setting", "values", "number"],
        rows,
        words=2,
    )
    trainings = {p.trained.key for p in points if p.trained is not None}
    if trainings:
        out.print(f"Shared trainings: {len(trainings)} a seed.")
    if sampling is not None and len(points) < sampling.count:
        out.print(f"{sampling.count} samples gave these points: lists have few values.")
    path = located(folder)
    if path.exists():
        with Store(path) as store:
            counts = ", ".join(f"{n} {status}" for status, n in sorted(store.counts().items()))
            there = len(store.numbers(points, used))
        say(f"{path} holds: {counts}. New here: {runs - there}.")
    else:
        say(f"They would go to {path}.")


def show_sweep(frame: pd.DataFrame, folder: Path, *, json: bool) -> None:
    """Show what came out, and end with status 1 if a run failed."""
    counts = frame["status"].value_counts().to_dict()
    if json:
        print_json({"store": str(located(folder)), **counts, **_split(folder)})
    else:
        counted = ", ".join(f"{n} {status}" for status, n in counts.items())
        say(f"{_counted(len(frame), 'run')}: {counted}. Kept in {located(folder)}")
        say(f"Next: crossbar report {folder}")
    ended(frame, folder, json=json)


def _split(folder: Path) -> dict[str, Any]:
    """Return the variance at each point by cause, where the device was drawn; else nothing."""
    runs = read_store(folder)
    if not (runs.draw and runs.measured):
        return {}
    return {"split": [one.record for one in splits.points(runs)]}


def ended(frame: pd.DataFrame, folder: Path, *, json: bool) -> None:
    """Show the first errors of runs that failed and end with status 1, if any did."""
    failed = frame[frame["status"] == "failed"]
    if failed.empty:
        return
    if not json:
        for _, row in failed.drop_duplicates("failure").head(5).iterrows():
            say(f"Run {row['run']} failed: {row['failure']}")
        first = f"Its traceback: crossbar runs show {folder} {failed['run'].iloc[0]}."
        say(f"{first} To try again, add --retry-failed.")
    raise typer.Exit(1)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def chosen(store: Store, where: list[str]) -> pd.DataFrame:
    """Return the runs of ``store`` that meet all conditions, whose numbers may have units."""
    known = units(store.about)
    short = {name: known.get(name.removeprefix("test."), "") for name in store.parameters}
    return selected(store.frame(), where, (short | known).get)


def show_runs(folder: Path, where: list[str], sort: str | None, limit: int, *, json: bool) -> None:
    """Show the runs that meet all conditions, ``limit`` of them at most."""
    with Store(folder) as store:
        whole, parameters = len(store.frame()), store.parameters
        frame, known_units = chosen(store, where), units(store.about)
        judged = [name for name, one in store.about.get("metrics", {}).items()
                  if one["better"] != Better.NEITHER.value and name in frame.columns]  # fmt: skip
    if sort is not None:
        if sort not in frame.columns:
            fail("--sort", "a column", repr(sort), nearest(sort, map(str, frame.columns)))
        frame = frame.sort_values(sort, ascending=False, kind="stable")
    shown = frame.head(limit)
    if json:
        print_json(records(shown))
        return
    known = [name for name in judged if name in METRICS.names]
    own = [name for name in judged if name not in known]
    metrics = [*known[:FIRST], *own] or metric_names(frame)[:6]
    columns = [*SHOWN, *parameters, "seed", *metrics, "duration"]
    cells = {
        name: [_text(value, known_units.get(name, "")) for value in shown[name]] for name in columns
    }
    for name in parameters:
        cells[name] = [text or "none" for text in cells[name]]
    counts = ", ".join(f"{n} {status}" for status, n in frame["status"].value_counts().items())
    if len(shown):
        _print_lines(pd.DataFrame(cells).rename(columns={"duration": "time (s)"}))
    more = f"; the first {limit}, more with --limit" if len(frame) > limit else ""
    say(f"{len(frame)} of {whole} runs ({counts or 'none'}){more}")


def show_run(folder: Path, run: int, *, json: bool) -> None:
    """Show all that is known of one run."""
    with Store(folder) as store:
        record = store.run(run)
    if json:
        print_json(record)
        return
    detail, trace = record.pop("detail"), record.pop("traceback")
    if record["began"]:
        record["began"] = datetime.fromtimestamp(record["began"], UTC).isoformat(" ", "seconds")
    rows = [[name, _plain(value)] for name, value in record.items() if value not in ("", {}, None)]
    table(f"Run {run}", ["", ""], rows, words=2)
    if trace:
        say(trace)
    if detail:
        say(f"Details (--json shows them): {', '.join(detail)}.")


def _print_lines(frame: pd.DataFrame) -> None:
    """Print a line a row; on a terminal only the columns that fit, and which are omitted."""
    kept, lines = frame, frame.to_string(index=False)
    while out.is_terminal and kept.shape[1] > 2 and lines.find("\n") > out.width:
        kept = kept.iloc[:, :-1]
        lines = kept.to_string(index=False)
    say(lines)
    if left := [*frame.columns[kept.shape[1] :]]:
        out.print(f"Too wide for this terminal (--json shows all): {', '.join(left)}.")


def _text(value: Any, unit: str) -> str:
    """Return a cell of the table, empty where there is nothing."""
    if value is None or value != value:
        return ""
    if unit not in ("", "%", "nats") and isinstance(value, float):
        return text(value, unit)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{k} = {_plain(v)}" for k, v in leaves(value).items())
    return f"{value:.6g}" if isinstance(value, float) else str(value)
