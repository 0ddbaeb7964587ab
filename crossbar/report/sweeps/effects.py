"""What one parameter does alone, beside the reference point."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.intervals import Interval
from crossbar.report.sweeps.levels import Level, levels, same
from crossbar.report.sweeps.losses import losses
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.statistics import changes, interval_of


@dataclass(frozen=True)
class Effect:
    """What one parameter does alone.

    Attributes
    ----------
    name, value
        The parameter, and its value in place of that of the reference point.
    change
        Of the metric from the reference point, mean over seeds of the paired differences.
    seeds
        How many pairs there are.
    failed, runs
        How many runs at this value failed, and of how many.
    """

    name: str
    value: Level
    change: Interval
    seeds: int
    failed: int = 0
    runs: int = 0


def effects(sweep: Sweep, metric: str) -> list[Effect]:
    """Return what each value of each parameter does, the others being as in the reference point.

    A value of which all runs failed has no change: it is NaN.
    """
    reference = sweep.reference
    departures = []
    for name in sweep.varied:
        others = {n: v for n, v in reference.items() if n != name}
        line = sweep.at(others)
        if len(levels(line.ended[name])) < 2:
            continue
        paired = changes(line, [name], metric, {name: reference[name]})
        table = paired.merge(losses(line, [name]), how="outer").fillna(
            {"seeds": 0, "failed": 0, "runs": 0}
        )
        for row in table.to_dict("records"):
            if not same(row[name], reference[name]):
                counts = (int(row[key]) for key in ("seeds", "failed", "runs"))
                departures.append(Effect(name, row[name], interval_of(row), *counts))
    return departures
