"""What a design has found, as the terminal shows it, as JSON, and as figures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crossbar.cli import search_result
from crossbar.cli.console import say, table
from crossbar.report.figures import design as figures
from crossbar.report.figures.canvas import save
from crossbar.report.wording import quantity_text
from crossbar.runs.design import Design
from crossbar.runs.design.front import traded
from crossbar.runs.store.designed import SettingEffect, largest_first
from crossbar.runs.store.store import located
from crossbar.seals import write_json

RECORD, FIGURES = "design.json", "figures"


def show(outcome: Design, folder: Path) -> None:
    """Show the best points, the sensitivities at the best, and the front if there is one."""
    search_result.show(outcome.search, folder)
    for reason in outcome.refused[:1]:
        count = len(outcome.refused)
        say(f"Models refused settings on the way (reasons: {count}). First: {reason}")
    if not outcome.effects:
        return
    _show_effects(outcome)
    if outcome.front:
        _show_front(outcome)
    place = located(folder).parent
    say(f"Figures: {place / FIGURES}; all numbers: {place / RECORD}")


def _show_effects(outcome: Design) -> None:
    """Show how every parameter moves every metric at the best point."""
    units = outcome.search.ranked[0].units
    columns = ["parameter", "value", "d ln / d ln", "change", "derivative"]
    for metric in dict.fromkeys(one.metric for one in outcome.effects):
        rows = [
            [one.parameter, _plain(one.value), f"{one.relative:.3g}", _change(one, units), one.kind]
            for one in largest_first(outcome.effects, metric)
        ]
        table(f"{metric} at the best point, by +10 % or +1 of a whole number", columns, rows)


def _show_front(outcome: Design) -> None:
    """Show what models say of other bounds."""
    goal, units = outcome.search.goal, outcome.search.ranked[0].units
    one, cost = goal.constraints[0], goal.objective.name
    rows = []
    for _, same in itertools.groupby(outcome.front, key=lambda point: point.parameters):
        p, *others = same  # bounds that one point is the best for
        ends = dict.fromkeys(f"{one.sign}{point.bound:g}" for point in (p, *others[-1:]))
        settings = " ".join(f"{name}={_plain(value)}" for name, value in p.parameters.items())
        values = [_value(p.predicted[name], units.get(name, "")) for name in (one.name, cost)]
        rows.append([" to ".join(ends), settings, str(p.run), *values])
    title = f"Models: least {cost} for other bounds of {one.name}, which runs may confirm"
    table(title, ["bound", "settings", "from run", one.name, cost], rows)


def keep(outcome: Design, folder: Path) -> None:
    """Write all numbers and the figures beside the store."""
    place = located(folder).parent
    write_json(place / RECORD, record(outcome, folder))
    best = outcome.search.ranked[0]
    if outcome.effects:
        where = ", ".join(f"{name} = {_plain(value)}" for name, value in best.parameters.items())
        save(figures.sensitivity(outcome.effects, best.units, where), place / FIGURES)
    if outcome.front:
        goal = outcome.search.goal
        cost, one = goal.objective.name, goal.constraints[0]
        table = traded(outcome.search.ranked, goal, outcome.front)
        save(figures.trade(table, cost, one.name, one.bound, best.units), place / FIGURES)


def record(outcome: Design, folder: Path) -> dict[str, Any]:
    """Return what was found as plain data."""
    return search_result.record(outcome.search, folder) | {
        "predicted": {str(run): metrics for run, metrics in outcome.predictions.items()},
        "sensitivities": [_finite(asdict(one)) for one in outcome.effects],
        "front": [asdict(one) for one in outcome.front],
        "refused": list(outcome.refused),
    }


def _finite(record: dict[str, Any]) -> dict[str, Any]:
    """Return ``record`` with None for numbers that are none."""
    return {
        name: _finite(value) if isinstance(value, dict)
        else None if isinstance(value, float) and math.isnan(value) else value
        for name, value in record.items()
    }  # fmt: skip


def _change(one: SettingEffect, units: Any) -> str:
    """Return the change of a metric with its unit, and its interval if it has one."""
    unit = units.get(one.metric, "")
    parts: Sequence[float] = (one.change.mean, one.change.low, one.change.high)
    mean, low, high = (_value(part, unit) for part in parts)
    return f"{mean} [{low}, {high}]" if one.change.known else mean


def _value(value: float, unit: str) -> str:
    return f"{value:.3g}" if unit in ("", "%", "nats") else quantity_text(value, unit, 3)


def _plain(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
