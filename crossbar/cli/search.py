"""`crossbar search`: the command that looks for settings which meet constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossbar.cli import completion
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
    number,
    whole_option,
)
from crossbar.errors import fail

if TYPE_CHECKING:
    from crossbar.runs.search.goal import Objective


def _objective_option(verb: str, american: str, words: str) -> Any:
    """Return the declaration of the option that names a metric to make small or large."""
    return typer.Option(
        verb, american, autocompletion=completion.metrics, metavar="NAME", help=words
    )


Bounds = Annotated[
    list[str] | None,
    typer.Option(
        autocompletion=completion.metrics,
        metavar="METRIC>=NUMBER",
        help='What the mean over the seeds must keep, with >= or <=: "accuracy>=90%", '
        '"latency<=1us". May be repeated.',
    ),
]
Tolerance = Annotated[
    float,
    typer.Option(
        parser=number(above=0.0, below=1.0),
        metavar="NUMBER",
        help="If a setting is itself the objective: relative tolerance, such as 2%.",
    ),
]


def search_command(
    source: Source,
    given: Values = None,
    *,
    minimise: Annotated[
        str | None,
        _objective_option(
            "--minimise",
            "--minimize",
            "Make this small: a metric of the runs, or a searched setting.",
        ),
    ] = None,
    maximise: Annotated[
        str | None, _objective_option("--maximise", "--maximize", "Make this large.")
    ] = None,
    subject_to: Bounds = None,
    points: Annotated[int, whole_option("Largest number of points to try.", low=1)] = 40,
    tolerance: Tolerance = 0.02,
    out: Out = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    retry_failed: Retry = False,
    sampler_seed: Annotated[int, whole_option("Another number tries other points.", low=0)] = 0,
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
    from crossbar.cli.assignments import about, asked, executor_at, kept_in
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.search_result import record, show
    from crossbar.runs.metrics import units
    from crossbar.runs.search import Goal, search
    from crossbar.runs.search.goal import constraint
    from crossbar.runs.sweep.targets import target

    base, axes, seeds = asked(source, given or [])
    known = units({"metrics": target(base).measured})
    bounds = tuple(constraint(text, known) for text in subject_to or [])
    goal = Goal(_objective(minimise, maximise), bounds)
    folder = out or kept_in(source, base, given or [], goal=str(goal))
    with executor_at(scheduler) as executor, Bars(GOES_ON) as bars:
        outcome = search(
            base, axes, goal, store=folder, seeds=seeds, points=points, tolerance=tolerance,
            sampler_seed=sampler_seed, executor=executor, jobs=jobs, retry_failed=retry_failed,
            about=about(folder, question), show=bars.stands, progress=bars,
        )  # fmt: skip
    print_json(record(outcome, folder)) if json else show(outcome, folder)
    if outcome.best is None:
        raise typer.Exit(1)


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
