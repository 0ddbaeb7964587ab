"""What a search has found, as the terminal shows it and as JSON."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import Any

from crossbar.cli.console import say, table
from crossbar.report.wording import quantity_text
from crossbar.runs.search import Goal, SearchResult
from crossbar.runs.search.goal import Constraint
from crossbar.runs.search.trial import MET, MISSED, NOISE, Tried
from crossbar.runs.store.store import located

TOP = 5  # points that are shown


def show(outcome: SearchResult, folder: Path) -> None:
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
    say(_said(outcome))
    if outcome.failed:
        failures = (
            f"{len(outcome.failed)} points have no result: {outcome.failed[0].error or 'nan'}"
        )
        say(f"{failures} To try failed runs again, add --retry-failed.")
    say(f"Kept in {located(folder)}. Next: crossbar report {folder}")


def _said(outcome: SearchResult) -> str:
    """Return the answer in a sentence."""
    goal, best = outcome.goal, outcome.best
    name = goal.objective.name
    if best is None:
        closest = outcome.ranked[0]
        misses = [
            f"{c.name} by {_number(closest, c.name, c.miss(closest.mean(c.name).mean))}"
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
        said += f" But {where} misses too: more seeds show whether that is noise."
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


def _number(one: Tried, name: str, value: float) -> str:
    """Return a value of metric ``name`` of ``one`` with its unit, if it has one."""
    unit = one.units.get(name, "")
    return f"{value:.4g}" if unit in ("", "%", "nats") else quantity_text(value, unit)


def _interval(one: Tried, name: str) -> str:
    """Return the mean of metric ``name`` with its interval, if it has one."""
    mean = one.mean(name)
    text = _number(one, name, mean.mean)
    if math.isnan(mean.low) or mean.low == mean.high:
        return text
    return f"{text} [{_number(one, name, mean.low)}, {_number(one, name, mean.high)}]"


def _verdict(one: Tried, constraints: tuple[Constraint, ...]) -> str:
    """Return how sure it is that all constraints are met: as sure as the least of them."""
    verdicts = [one.verdict(c) for c in constraints]
    return min(verdicts, key=(MISSED, NOISE, MET).index, default="")


def record(outcome: SearchResult, folder: Path) -> dict[str, Any]:
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
