"""The commands that run many points: `crossbar sweep` and `crossbar search`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from crossbar.cli.options import (
    GOES_ON,
    Jobs,
    Json,
    Retry,
    metric_option,
    number,
    path_argument,
    path_option,
    settings_argument,
    whole_option,
)
from crossbar.errors import fail

if TYPE_CHECKING:
    from crossbar.runs.search.goal import Goal, Objective

Source = Annotated[
    Path,
    path_argument(
        "Settings to train with, or the folder of a run whose trained chips are tested.",
        "CONFIG.toml|DIR",
    ),
]
Values = Annotated[
    list[str] | None,
    settings_argument(
        "Values 0,0.01,0.05; whole numbers 4:9 (4 to 8); 0:0.1:lin11, 1e-4:1e-1:log7; "
        "whole ranges 0:0.1:lin, 1e-4:1e-1:log for samples and searches.",
        "[KEY=VALUES]...",
    ),
]
Out = Annotated[Path | None, path_option("Folder of the runs; default: runs/NAME-HASH.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Run on the Dask cluster at this address."),
]
Question = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Question that the report is to answer.")
]
Together = Annotated[
    list[str] | None,
    typer.Option("--zip", metavar="A,B", help="Names whose lists vary together."),
]
Samples = Annotated[
    int | None, whole_option("Sobol points of the ranges in place of a grid.", low=1)
]
AtRandom = Annotated[
    bool, typer.Option(help="Draw --samples at random, not from a Sobol sequence.")
]
Apart = Annotated[
    bool, typer.Option("--one-at-a-time", help="Each value with the first values of the others.")
]
Small = Annotated[
    str | None,
    metric_option(
        "Make this small: a metric of the runs, or a searched setting.", "--minimise", "--minimize"
    ),
]
Large = Annotated[str | None, metric_option("Make this large.", "--maximise", "--maximize")]
Bounds = Annotated[
    list[str] | None,
    metric_option(
        'What the mean over the seeds must keep, with >= or <=: "accuracy>=90%", '
        '"latency<=1us". May be repeated.',
        metavar="METRIC>=NUMBER",
    ),
]
SamplerSeed = Annotated[int, whole_option("Another number tries other points.", low=0)]
Tolerance = Annotated[
    float,
    typer.Option(
        parser=number(above=0.0, below=1.0),
        metavar="NUMBER",
        help="If a setting is itself the objective: relative tolerance, such as 2%.",
    ),
]


def sweep_command(
    source: Source,
    given: Values = None,
    *,
    out: Out = None,
    jobs: Jobs = None,
    together: Together = None,
    samples: Samples = None,
    random: AtRandom = False,
    apart: Apart = False,
    scheduler: Scheduler = None,
    retry_failed: Retry = False,
    question: Question = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would run, and run nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Run an experiment at every point of its settings, for every seed, and keep each run.

    The same command resumes where it was stopped, killed or cut off; with more values it
    runs only what is new. A run that fails keeps its error and stops no other. The same seed
    means the same data, initial weights and fabricated spread at every point.

    Names that begin with `test.` change the chip after training: points that differ only in them
    share one trained chip for each seed. `test.age` is the time since programming, `test.chip`
    numbers newly fabricated chips, `test.compensate` rescales after drift, `test.stuck` is a share
    of cells that get stuck, half of them on, and `test.read_noise` is additional noise of reads.

    Example: crossbar sweep scripts/leti_cnn.toml device.sigma_read=0,0.01,0.05 device.bits=4:9
    seed=0:5 --out runs/noise --jobs 2

    Example: crossbar sweep runs/cmos faults.p_off=0,1e-3:1e-1:log5 chip=0:20 --out runs/yield

    Example: crossbar sweep runs/cmos device.sigma_read=1e-3:1e-1:log age=1:1e7:log --samples 64

    Example: crossbar sweep runs/cmos stuck=0,1%,5% read_noise=0,2%,10% --one-at-a-time

    Then: crossbar report DIR, crossbar runs list DIR
    """
    from crossbar.cli.assignments import about, asked, executor_at, kept_in, sampled
    from crossbar.cli.console import Bars
    from crossbar.cli.stored import show_plan, show_sweep
    from crossbar.runs.sweep import sweep

    base, axes, seeds = asked(source, given or [], together or [])
    sampling = sampled(samples, random=random, apart=apart)
    folder = out or kept_in(source, base, given or [])
    if plan:
        show_plan(base, axes, sampling, seeds, folder)
        return
    with executor_at(scheduler) as executor, Bars(GOES_ON) as bars:
        frame = sweep(
            base, axes, store=folder, seeds=seeds, sampling=sampling, executor=executor,
            jobs=jobs, retry_failed=retry_failed, about=about(folder, question),
            show=bars.stands, progress=bars,
        )  # fmt: skip
    show_sweep(frame, folder, json=json)


def search_command(
    source: Source,
    given: Values = None,
    *,
    minimise: Small = None,
    maximise: Large = None,
    subject_to: Bounds = None,
    points: Annotated[int, whole_option("Largest number of points to try.", low=1)] = 40,
    tolerance: Tolerance = 0.02,
    out: Out = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    retry_failed: Retry = False,
    sampler_seed: SamplerSeed = 0,
    question: Question = None,
    json: Json = False,
) -> None:
    """Look for the settings that are best for one number while others keep their bounds.

    Bounds hold for the mean over the seeds. "met" means that the whole 95 % interval keeps the
    bound, "met within noise" that only the mean does. One setting that is itself the objective is
    bisected; all else is proposed by Optuna's tree-structured Parzen estimator. The same
    command resumes where it was stopped, or reads the answer from the store.

    Example: crossbar search scripts/leti_cnn.toml device.bits=4:10 tile.adc.bits=4:10 seed=0:3
    --minimise energy_inference --subject-to "accuracy>=0.9" --points 40 --out runs/cheapest

    Example: crossbar search scripts/leti_cnn.toml test.device.sigma_read=1e-3:1:log seed=0:5
    --maximise test.device.sigma_read --subject-to "accuracy>=0.9" --out runs/noise-limit

    Then: crossbar report DIR, crossbar runs list DIR
    """
    from crossbar.cli.assignments import about, executor_at
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.search_result import record, show
    from crossbar.runs.search import search

    base, axes, seeds, goal, folder = sought(
        source, given or [], minimise, maximise, subject_to or [], out
    )
    with executor_at(scheduler) as executor, Bars(GOES_ON) as bars:
        outcome = search(
            base, axes, goal, store=folder, seeds=seeds, points=points, tolerance=tolerance,
            sampler_seed=sampler_seed, executor=executor, jobs=jobs, retry_failed=retry_failed,
            about=about(folder, question), show=bars.stands, progress=bars,
        )  # fmt: skip
    print_json(record(outcome, folder)) if json else show(outcome, folder)
    if outcome.best is None:
        raise typer.Exit(1)


class Sought(NamedTuple):
    """What a search or a design is of: settings, what varies, seeds, the goal, and its folder."""

    base: Any
    axes: dict[str, Any]
    seeds: list[int] | None
    goal: Goal
    folder: Path


def sought(
    source: Path, given: list[str], minimise: str | None, maximise: str | None,
    subject_to: Sequence[str], out: Path | None,
) -> Sought:  # fmt: skip
    """Return what the command line asks to look for, and where it is kept."""
    from crossbar.cli.assignments import asked, kept_in
    from crossbar.runs.metrics import units
    from crossbar.runs.search import Goal
    from crossbar.runs.search.goal import constraint
    from crossbar.runs.sweep.targets import target

    base, axes, seeds = asked(source, given)
    known = units({"metrics": target(base).measured})
    bounds = tuple(constraint(text, known) for text in subject_to)
    goal = Goal(_objective(minimise, maximise), bounds)
    return Sought(base, axes, seeds, goal, out or kept_in(source, base, given, goal=str(goal)))


def _objective(minimise: str | None, maximise: str | None) -> Objective:
    """Return the one objective that was given."""
    from crossbar.runs.search import Maximise, Minimise

    if minimise and not maximise:
        return Minimise(minimise)
    if maximise and not minimise:
        return Maximise(maximise)
    got = "both" if minimise else "none"
    remedy = "Put bounds on the others with --subject-to."
    return fail("search", "one of --minimise NAME and --maximise NAME", got, remedy)
