"""`crossbar search`: the command that looks for settings which meet constraints."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import Annotated, Any

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
from crossbar.errors import fail
from crossbar.report.fields import METRICS
from crossbar.report.wording import quantity_text
from crossbar.runs import override, read
from crossbar.runs.folder import default_folder
from crossbar.runs.search import Goal, Maximise, Minimise, SearchResult, search
from crossbar.runs.search.goal import Constraint, Objective, constraint
from crossbar.runs.search.trial import MET, MISSED, NOISE, Tried
from crossbar.runs.store.store import located

TOP = 5  # points that are shown

Small = Annotated[
    str | None,
    typer.Option(
        "--minimise",
        "--minimize",
        metavar="NAME",
        help="Make this small: a metric of the runs, or a searched setting.",
    ),
]
Large = Annotated[
    str | None,
    typer.Option("--maximise", "--maximize", metavar="NAME", help="Make this large."),
]
Bounds = Annotated[
    list[str] | None,
    typer.Option(
        metavar="METRIC>=NUMBER",
        help="What the mean over the seeds must keep, in quotes; may be given again. Or "
        "METRIC<=NUMBER.",
    ),
]


def search_command(
    source: Source,
    given: Values = None,
    *,
    minimise: Small = None,
    maximise: Large = None,
    subject_to: Bounds = None,
    points: Annotated[int, typer.Option(min=1, help="Most points that are tried.")] = 40,
    tolerance: Annotated[
        float, typer.Option(help="Where a setting is itself the objective: how closely, relative.")
    ] = 0.02,
    out: Out = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    retry_failed: Retry = False,
    sampler_seed: Annotated[
        int, typer.Option(min=0, help="Another number takes another way through the points.")
    ] = 0,
    question: Question = None,
    json: Json = False,
) -> None:
    """Look for the settings that are best for one number while others keep their bounds.

    Bounds hold for the mean over the seeds. "met" says that its whole 95 % interval keeps the
    bound, "met within noise" that the mean does. One setting that is itself the objective is
    bisected; all else is proposed by Optuna's tree-structured Parzen estimator. Given again, the
    command goes on where it was stopped, or reads the answer from the store.

    Example: crossbar search scripts/leti_cnn.toml device.bits=4:10 tile.adc.bits=4:10 seed=0:3
    --minimise energy_inference --subject-to "accuracy>=0.9" --points 40 --out runs/cheapest

    Example: crossbar search scripts/leti_cnn.toml test.device.sigma_read=1e-3:1:log seed=0:5
    --maximise test.device.sigma_read --subject-to "accuracy>=0.9" --out runs/noise-limit

    Then: crossbar report DIR, crossbar runs list DIR
    """
    units = {name: unit for name, (_, unit) in METRICS.items()}
    bounds = tuple(constraint(text, units) for text in subject_to or [])
    goal = Goal(_objective(minimise, maximise), bounds)
    constants, axes, seeds = assigned(given or [], trained=source.is_dir())
    base: Any = source if source.is_dir() else override(read(source), constants)
    facts = {"base": str(base), "given": given or [], "goal": str(goal)}
    folder = out or default_folder(source.stem, facts)
    with executor_at(scheduler) as executor, Board(GOES_ON) as board:
        outcome = search(
            base, axes, goal, store=folder, seeds=seeds, points=points, tolerance=tolerance,
            sampler_seed=sampler_seed, executor=executor, jobs=jobs, retry_failed=retry_failed,
            about=about(folder, question), show=board, progress=board.samples,
        )  # fmt: skip
    print_json(_record(outcome, folder)) if json else _show(outcome, folder)
    if outcome.best is None:
        raise typer.Exit(1)


def _objective(minimise: str | None, maximise: str | None) -> Objective:
    """Return the one objective that was given."""
    if minimise and not maximise:
        return Minimise(minimise)
    if maximise and not minimise:
        return Maximise(maximise)
    got = "both" if minimise else "none"
    remedy = "Put bounds on the others with --subject-to."
    return fail("search", "one of --minimise NAME and --maximise NAME", got, remedy)


def _show(outcome: SearchResult, folder: Path) -> None:
    """Show the best points, and what can be said about them."""
    goal, names = outcome.goal, list(outcome.ranked[0].parameters)
    metric = [] if goal.objective.name in names else [goal.objective.name]
    shown = [one for one in outcome.ranked if one.met(goal)][:TOP] or outcome.ranked[:1]
    columns = [*names, *metric, *(str(c) for c in goal.constraints), "verdict"]
    rows = [
        [
            *(_plain(one.parameters[name]) for name in names),
            *(_interval(one, name) for name in metric),
            *(_interval(one, c.name) for c in goal.constraints),
            _verdict(one, goal.constraints),
        ]
        for one in shown
    ]
    number = len(outcome.ranked) + len(outcome.failed)
    over = f"mean of {len(outcome.seeds)} seeds [95 %]" if len(outcome.seeds) > 1 else "one seed"
    title = f"{goal.objective.verb.capitalize()} {goal.objective.name}: {number} points, {over}"
    table(title, columns, rows)
    console.print(_said(outcome), soft_wrap=True)
    if outcome.failed:
        failures = (
            f"{len(outcome.failed)} points have no result: {outcome.failed[0].error or 'nan'}"
        )
        console.print(f"{failures} To try failed runs again, add --retry-failed.", soft_wrap=True)
    console.print(f"Kept in {located(folder)}. Next: crossbar report {folder}", soft_wrap=True)


def _said(outcome: SearchResult) -> str:
    """Return the answer in a sentence."""
    goal, best = outcome.goal, outcome.best
    name = goal.objective.name
    if best is None:
        closest = outcome.ranked[0]
        misses = [
            f"{c.name} by {_number(c.name, c.miss(closest.mean(c.name).mean))}"
            for c in goal.constraints if closest.miss(c) > 0
        ]  # fmt: skip
        return f"No point meets the constraints. Closest: {_words(closest)}, which misses " + (
            f"{' and '.join(misses)}."
        )
    said = f"Best: {_words(best)} (runs {', '.join(map(str, best.runs))}).{_sure(outcome, best)}"
    if name not in best.parameters:
        return said + _ties(outcome, best)
    if len(best.parameters) > 1:
        return said
    if outcome.beyond is None:
        return f"{said} That is the end of the range: more may be possible."
    value = _plain(outcome.beyond.parameters[name])
    said += f" The next point that misses is {value}."
    cost = best.order(goal)[2]
    before = [one for one in outcome.ranked if not one.met(goal) and one.order(goal)[2] > cost]
    if before:
        where = ", ".join(_plain(one.parameters[name]) for one in before)
        said += f" But {where} misses too: more seeds tell whether that is noise."
    return said


def _sure(outcome: SearchResult, best: Tried) -> str:
    """Return which point is sure to meet the constraints, where the best is not."""
    constraints = outcome.goal.constraints
    if not constraints or _verdict(best, constraints) == MET:
        return ""
    for one in outcome.ranked:
        if _verdict(one, constraints) == MET:
            return f" The best that is sure: {_words(one)}."
    return " No point is sure: more seeds narrow the intervals."


def _ties(outcome: SearchResult, best: Tried) -> str:
    """Return how many points are as good as the best within noise."""
    name = outcome.goal.objective.name
    others = [one for one in outcome.ranked if one is not best and one.met(outcome.goal)]
    if len(outcome.seeds) < 2 or not others:
        return ""
    excesses = [one.excess(best, name) for one in others]
    ties = sum(one.low <= 0 <= one.high for one in excesses)
    return (
        f" Of {len(others)} others that meet the constraints, {ties} do not differ from it in "
        f"{name} beyond noise (paired by seed, 95 %)."
    )


def _words(one: Tried) -> str:
    """Return the parameters as they are given on the command line."""
    return " ".join(f"{name}={_exact(value)}" for name, value in one.parameters.items())


def _exact(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else shlex.quote(str(value))


def _plain(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else _exact(value)


def _number(name: str, value: float) -> str:
    """Return a value of metric ``name`` with its unit, if it has one."""
    unit = METRICS.get(name, ("", ""))[1]
    return f"{value:.4g}" if unit in ("", "%", "nats") else quantity_text(value, unit)


def _interval(one: Tried, name: str) -> str:
    """Return the mean of metric ``name`` with its interval, if it has one."""
    mean = one.mean(name)
    text = _number(name, mean.mean)
    if math.isnan(mean.low) or mean.low == mean.high:
        return text
    return f"{text} [{_number(name, mean.low)}, {_number(name, mean.high)}]"


def _verdict(one: Tried, constraints: tuple[Constraint, ...]) -> str:
    """Return how sure it is that all constraints are met: as sure as the least of them."""
    verdicts = [one.verdict(c) for c in constraints]
    return min(verdicts, key=(MISSED, NOISE, MET).index, default="")


def _record(outcome: SearchResult, folder: Path) -> dict[str, Any]:
    """Return what was found as plain data."""
    best, beyond = outcome.best, outcome.beyond
    return {
        "store": str(located(folder)),
        "goal": str(outcome.goal),
        "seeds": list(outcome.seeds),
        "points": len(outcome.ranked) + len(outcome.failed),
        "failed": len(outcome.failed),
        "best": best and _entry(best, outcome.goal),
        "closest": None if best else _entry(outcome.ranked[0], outcome.goal),
        "beyond": beyond and _entry(beyond, outcome.goal),
        "top": [_entry(one, outcome.goal) for one in outcome.ranked if one.met(outcome.goal)][:TOP],
    }


def _entry(one: Tried, goal: Goal) -> dict[str, Any]:
    """Return a point as plain data."""
    values = {}
    for name in (goal.objective.name, *(c.name for c in goal.constraints)):
        mean = one.mean(name)
        interval = None if math.isnan(mean.low) else [mean.low, mean.high]
        values[name] = {"mean": mean.mean, "interval95": interval}
    verdicts = {str(c): one.verdict(c) for c in goal.constraints}
    return {"parameters": one.parameters, "runs": list(one.runs), "values": values,
            "constraints": verdicts}  # fmt: skip
