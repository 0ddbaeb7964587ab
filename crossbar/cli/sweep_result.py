"""What a sweep would run, and what came out, as the terminal shows it and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import typer

from crossbar.cli.console import out as console
from crossbar.cli.console import print_json, table
from crossbar.runs.store import Store
from crossbar.runs.store.store import located
from crossbar.runs.sweep import Sampling
from crossbar.runs.sweep.design import Axes, require_runs
from crossbar.runs.sweep.sweep import planned
from crossbar.runs.sweep.targets import target


def show_plan(
    base: Any, design: Axes, sampling: Sampling | None, seeds: list[int] | None, folder: Path
) -> None:
    """Show points, runs and where they would go."""
    kind = target(base)
    chosen = seeds or kind.seeds
    kind.check(chosen)
    points = planned(kind, design, sampling)
    require_runs(len(points), len(chosen))
    runs = len(points) * len(chosen)
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
        console.print(f"Shared trainings: {len(trainings)} a seed.")
    if sampling is not None and len(points) < sampling.count:
        console.print(f"{sampling.count} samples gave these points: lists have few values.")
    path = located(folder)
    if path.exists():
        with Store(path) as store:
            counts = ", ".join(f"{n} {status}" for status, n in sorted(store.counts().items()))
            there = len(store.numbers(points, chosen))
        console.print(f"{path} holds: {counts}. New here: {runs - there}.", soft_wrap=True)
    else:
        console.print(f"They would go to {path}.", soft_wrap=True)


def show(frame: pd.DataFrame, folder: Path, *, json: bool) -> None:
    """Show what came out, and end with status 1 if a run failed."""
    counts = frame["status"].value_counts().to_dict()
    if json:
        print_json({"store": str(located(folder)), **counts})
    else:
        counted = ", ".join(f"{n} {status}" for status, n in counts.items())
        console.print(
            f"{_counted(len(frame), 'run')}: {counted}. Kept in {located(folder)}", soft_wrap=True
        )
        console.print(f"Next: crossbar report {folder}", soft_wrap=True)
    ended(frame, folder, json=json)


def ended(frame: pd.DataFrame, folder: Path, *, json: bool) -> None:
    """Show the first errors of runs that failed and end with status 1, if any did."""
    failed = frame[frame["status"] == "failed"]
    if failed.empty:
        return
    if not json:
        for _, row in failed.drop_duplicates("failure").head(5).iterrows():
            console.print(f"Run {row['run']} failed: {row['failure']}", soft_wrap=True)
        first = f"Its traceback: crossbar runs show {folder} {failed['run'].iloc[0]}."
        console.print(f"{first} To try again, add --retry-failed.", soft_wrap=True)
    raise typer.Exit(1)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
