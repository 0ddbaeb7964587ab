"""`crossbar sweep`: the command that runs every point."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from crossbar.cli.board import Board
from crossbar.cli.console import out as console
from crossbar.cli.console import print_json, table
from crossbar.cli.options import (
    GOES_ON,
    Jobs,
    Json,
    Out,
    Question,
    Retry,
    Scheduler,
    Source,
    Values,
    about,
    assigned,
    executor_at,
)
from crossbar.runs import override, read
from crossbar.runs.folder import default_folder
from crossbar.runs.store import Store
from crossbar.runs.store.store import located
from crossbar.runs.sweep import Random, Sampling, Sobol, sweep
from crossbar.runs.sweep.design import Axes, require_runs, zipped
from crossbar.runs.sweep.sweep import planned
from crossbar.runs.sweep.targets import target


def sweep_command(
    source: Source,
    given: Values = None,
    *,
    out: Out = None,
    jobs: Jobs = None,
    together: Annotated[
        list[str] | None,
        typer.Option("--zip", metavar="A,B", help="Names whose lists vary together."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="Sobol points of the ranges in place of a grid.")
    ] = None,
    random: Annotated[bool, typer.Option(help="Take --samples at random, not Sobol's.")] = False,
    scheduler: Scheduler = None,
    retry_failed: Retry = False,
    question: Question = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would run, and run nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Run an experiment at every point of its settings, for every seed, and keep each run.

    Given again, the command goes on where it was stopped, killed or cut off; with more values it
    runs only what is new. A run that fails keeps its error and stops no other. The same seed
    means the same data, initial weights and fabricated spread at every point.

    Names that begin with `test.` change the chip after training: points that differ in them alone
    share one trained chip a seed. `test.age` is the time since programming, `test.chip` numbers
    newly fabricated chips, `test.compensate` rescales after drift.

    Example: crossbar sweep scripts/leti_cnn.toml device.sigma_read=0,0.01,0.05 device.bits=4:9
    seed=0:5 --out runs/noise --jobs 2

    Example: crossbar sweep runs/cmos faults.p_off=0,1e-3:1e-1:log5 chip=0:20 --out runs/yield

    Example: crossbar sweep runs/cmos device.sigma_read=1e-3:1e-1:log age=1:1e7:log --samples 64

    Then: crossbar report DIR, crossbar runs list DIR
    """
    constants, axes, seeds = assigned(given or [], trained=source.is_dir())
    base: Any = source if source.is_dir() else override(read(source), constants)
    design: Axes = axes  # type: ignore[assignment] # a mapping is invariant in its keys
    for names in together or []:
        design = zipped(design, [name.strip() for name in names.split(",")])
    sampling: Sampling | None = None
    if samples is not None:
        sampling = Random(samples) if random else Sobol(samples)
    folder = out or default_folder(source.stem, {"base": str(base), "given": given or []})
    if plan:
        _show_plan(base, design, sampling, seeds, folder)
        return
    with executor_at(scheduler) as executor, Board(GOES_ON) as board:
        frame = sweep(
            base, design, store=folder, seeds=seeds, sampling=sampling, executor=executor,
            jobs=jobs, retry_failed=retry_failed, about=about(folder, question),
            show=board, progress=board.samples,
        )  # fmt: skip
    _show(frame, folder, json=json)


def _show_plan(
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
    table(f"{len(points)} points, {runs} runs", ["setting", "values", "number"], rows, words=2)
    trainings = {p.trained.key for p in points if p.trained is not None}
    if trainings:
        console.print(f"Shared trainings: {len(trainings)} a seed.")
    if sampling is not None and len(points) < sampling.count:
        console.print(f"{sampling.count} samples gave these points: lists have few values.")
    path = located(folder)
    if path.exists():
        with Store(path) as store:
            counts = ", ".join(f"{n} {status}" for status, n in sorted(store.counts().items()))
            there = store.known(points, chosen)
        console.print(f"{path} holds: {counts}. New here: {runs - there}.", soft_wrap=True)
    else:
        console.print(f"They would go to {path}.", soft_wrap=True)


def _show(frame: pd.DataFrame, folder: Path, *, json: bool) -> None:
    """Show what came out, and end with status 1 if a run failed."""
    counts = frame["status"].value_counts().to_dict()
    failed = frame[frame["status"] == "failed"]
    if json:
        print_json({"store": str(located(folder)), **counts})
    else:
        counted = ", ".join(f"{n} {status}" for status, n in counts.items())
        console.print(f"{len(frame)} runs: {counted}. Kept in {located(folder)}", soft_wrap=True)
        for _, row in failed.drop_duplicates("failure").head(5).iterrows():
            console.print(f"Run {row['run']} failed: {row['failure']}", soft_wrap=True)
        if len(failed):
            first = f"Its traceback: crossbar runs show {folder} {failed['run'].iloc[0]}."
            console.print(f"{first} To try again, add --retry-failed.", soft_wrap=True)
        console.print(f"Next: crossbar report {folder}", soft_wrap=True)
    if len(failed):
        raise typer.Exit(1)
