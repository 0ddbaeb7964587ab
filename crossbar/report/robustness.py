"""What the table of robustness says, point by point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from crossbar.intervals import Interval, student, wilson
from crossbar.report.records import Run


class Stress(NamedTuple):
    """A stress as the table notes it: its name, what its strength is, and the unit of that.

    A share (``%``) is kept as a number from 0 to 1.
    """

    name: str
    words: str
    unit: str


@dataclass(frozen=True)
class Point:
    """Accuracy, or R², at one strength of a stress.

    Attributes
    ----------
    value
        Strength, in the unit of the table.
    seeds
        Accuracy of each chip.
    accuracy
        Mean over the chips with its interval.
    change
        Mean difference to the same chip at strength zero, with its interval; seed by seed, so
        that what the chips do not share cancels.
    """

    value: float
    seeds: tuple[float, ...]
    accuracy: Interval
    change: Interval


def stresses(run: Run) -> list[Stress]:
    """Return the stresses that ``run`` was put under, in their order."""
    if run.robustness is None:
        return []
    noted = run.robustness[["stress", "words", "unit"]]
    return list(dict.fromkeys(Stress(*row) for row in noted.itertuples(index=False)))


def points(run: Run, stress: Stress) -> list[Point]:
    """Return the accuracies of ``run`` under ``stress``, by rising strength."""
    assert run.robustness is not None
    table = run.robustness[run.robustness["stress"] == stress.name]
    grid = table.pivot(index="value", columns="seed", values=run.merit).sort_index()
    first, resampling = run.seeds[0].record, run.resampling
    rows = []
    for value, row in zip(grid.index, grid.to_numpy(float), strict=True):
        changes = row - grid.to_numpy(float)[0]
        seeds = tuple(float(a) for a in row)
        mean = student(seeds, resampling=resampling).within(run.least, 1)
        if len(seeds) == 1 and "independent_images" in first:
            mean = wilson(seeds[0], float(first["independent_images"]))
        change = student(list(changes), resampling=resampling)
        rows.append(Point(float(value), seeds, mean, change))
    return rows
