"""`crossbar sweep`: the command that runs every point."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from crossbar.cli.board import Board
from crossbar.cli.console import out as console
from crossbar.cli.console import print_json, table
from crossbar.errors import fail
from crossbar.experiment import override, read
from crossbar.experiment.folder import default_folder
from crossbar.store import Store
from crossbar.store.store import located
from crossbar.sweep import Random, Range, Sampling, Sobol, sweep
from crossbar.sweep.axes import values
from crossbar.sweep.cluster import dask
from crossbar.sweep.design import Axes, zipped
from crossbar.sweep.sweep import planned
from crossbar.sweep.targets import target

# Settings whose value is a list: a comma does not make two of them.
LISTS = ("data.classes", "tile.size", "device.sigma_program")

Source = Annotated[
    Path,
    typer.Argument(
        metavar="CONFIG.toml|DIR",
        help="Settings to train with, or the folder of a run whose trained chips are tested.",
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUES]...",
        help="Values 0,0.01,0.05; whole numbers 4:9 (4 to 8); 0:0.1:lin11; 1e-4:1e-1:log7.",
    ),
]


def sweep_command(
    source: Source,
    given: Values = None,
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the sweep; without it runs/NAME-HASH.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Runs at once; without it one a core.")
    ] = None,
    together: Annotated[
        list[str] | None,
        typer.Option("--zip", metavar="A,B", help="Names whose lists vary together."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="Sobol points of the ranges in place of a grid.")
    ] = None,
    random: Annotated[bool, typer.Option(help="Take --samples at random, not Sobol's.")] = False,
    scheduler: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADDRESS", help="Run on the Dask cluster at this address."),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try runs again that failed before.")
    ] = False,
    question: Annotated[
        str | None, typer.Option(help="What the sweep is to answer, for its report.")
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would run, and run nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON only.")] = False,
) -> None:
    """Run an experiment at every point of its settings, for every seed, and keep each run.

    Given again, the command goes on where it was stopped, killed or cut off; with more values it
    runs only what is new. A run that fails keeps its error and stops no other. The same seed
    means the same data, initial weights and fabricated spread at every point.

    Names that begin with `test.` change the chip after training: points that differ in them
    alone share one trained chip a seed. `test.age` is the time since programming,
    `test.chip` numbers newly fabricated chips, `test.compensate` rescales after drift.

    Example: crossbar sweep scripts/leti_cnn.toml device.sigma_read=0,0.01,0.05 device.bits=4:9
    seed=0:5 --out runs/noise --jobs 2

    Example: crossbar sweep runs/cmos faults.p_off=0,1e-3:1e-1:log5 chip=0:20 --out runs/yield

    Example: crossbar sweep scripts/leti_cnn.toml device.sigma_read=1e-3:1e-1:log
    test.age=1:1e7:log --samples 64

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
    about = {"title": folder.name, "command": _command()} | ({"question": question} if question
                                                             else {})  # fmt: skip
    again = "The same command goes on from there."
    with executor_at(scheduler) as executor, Board(again) as board:
        frame = sweep(
            base, design, store=folder, seeds=seeds, sampling=sampling, executor=executor,
            jobs=jobs, retry_failed=retry_failed, about=about, show=board, progress=board.samples,
        )  # fmt: skip
    _show(frame, folder, json=json)


def assigned(
    given: list[str], *, trained: bool
) -> tuple[list[str], dict[str, Any], list[int] | None]:
    """Return the settings that are constant, those that vary with their values, and the seeds.

    Of ``trained`` chips no setting is part of the base: what is constant is a list of one.
    """
    constants: list[str] = []
    axes: dict[str, Any] = {}
    seeds: list[int] | None = None
    for assignment in given:
        name, separator, text = assignment.partition("=")
        name = name.strip()
        if not separator or not name:
            remedy = "Write device.bits=4:9 without spaces."
            fail(f"'{assignment}'", "KEY=VALUES", "no '='", remedy)
        if (
            name in axes
            or name in [c.partition("=")[0].strip() for c in constants]
            or (name == "seed" and seeds is not None)
        ):
            fail(name, "each name once", "a second one", "Join the values with commas.")
        alone = name.removeprefix("test.") in LISTS and not text.lstrip().startswith("[")
        found = [text] if alone else values(name, text)
        if name == "seed":
            seeds = found if isinstance(found, list) else []
            if not all(type(s) is int for s in seeds) or isinstance(found, Range):
                fail("seed", "whole numbers", repr(text), "Write seed=0:5.")
        elif len(found) == 1 and not trained if isinstance(found, list) else False:
            constants.append(assignment)
        else:
            axes[name] = found
    return constants, axes, seeds


@contextlib.contextmanager
def executor_at(scheduler: str | None) -> Iterator[Executor | None]:
    """Yield the executor of the Dask cluster at ``scheduler``, or None for local processes."""
    if scheduler is None:
        yield None
        return
    with dask(scheduler) as executor:
        yield executor


def _command() -> str:
    """Return the command that was given, as it can be given again."""
    return shlex.join(["crossbar", *sys.argv[1:]])


def _show_plan(
    base: Any, design: Axes, sampling: Sampling | None, seeds: list[int] | None, folder: Path
) -> None:
    """Show points, runs and where they would go."""
    kind = target(base)
    chosen = seeds or kind.seeds
    kind.check(chosen)
    points = planned(kind, design, sampling)
    runs = len(points) * len(chosen)
    rows = []
    for name in points[0].parameters:
        found = list(dict.fromkeys(str(p.parameters.get(name, "")) for p in points))
        shown = found if len(found) < 9 else [*found[:4], "...", *found[-3:]]
        rows.append([name, ", ".join(shown), str(len(found))])
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
        told = ", ".join(f"{n} {status}" for status, n in counts.items())
        console.print(f"{len(frame)} runs: {told}. Kept in {located(folder)}", soft_wrap=True)
        for _, row in failed.drop_duplicates("failure").head(5).iterrows():
            console.print(f"Run {row['run']} failed: {row['failure']}", soft_wrap=True)
        if len(failed):
            first = f"Its traceback: crossbar runs show {folder} {failed['run'].iloc[0]}."
            console.print(f"{first} To try again, add --retry-failed.", soft_wrap=True)
        console.print(f"Next: crossbar report {folder}", soft_wrap=True)
    if len(failed):
        raise typer.Exit(1)
