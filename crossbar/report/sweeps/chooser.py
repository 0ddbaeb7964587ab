"""Which figures a sweep calls for: what varied decides."""

from __future__ import annotations

from dataclasses import replace

from crossbar.report.figures.canvas import COLUMN, DOUBLE, Picture
from crossbar.report.sweeps.curve import curve, drift
from crossbar.report.sweeps.levels import levels, numeric
from crossbar.report.sweeps.lines import LINES
from crossbar.report.sweeps.losses import unharmed
from crossbar.report.sweeps.maps import heatmap
from crossbar.report.sweeps.multiples import PANELS, multiples
from crossbar.report.sweeps.pareto import ENERGY, pareto
from crossbar.report.sweeps.quantities import AGE, point_text
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.replicates import chips
from crossbar.report.sweeps.scatter import scatter
from crossbar.report.sweeps.shares import shares
from crossbar.report.sweeps.splits import points
from crossbar.report.sweeps.statistics import counted, means
from crossbar.report.sweeps.tornado import tornado
from crossbar.report.sweeps.yields import yields
from crossbar.units import NOISE, SPREAD

CHIPS = 10  # so many chips a point tell a yield
METRICS = 4  # of a sweep without accuracy, so many get figures
DIFFERENT = 1.05  # ratio of energies that is more than noise of reads
PLACES = 40  # beyond so many values of a parameter, each has too few chips
CELLS = 12  # values along a map as wide as a column


def pictures(sweep: Sweep) -> list[Picture]:
    """Return the figures that apply to what varied among the finished runs, the telling ones first.

    A sweep in which nothing varied has none, unless it tells a yield.
    """
    drawn = _effects(sweep)
    if sweep.draw and points(sweep):
        drawn.append(shares(sweep))
    if AGE in sweep.varied and not sweep.sampled:
        drawn.append(_drift(sweep))
    drawn += _yields(sweep)
    return drawn + _designs(sweep)


def _effects(sweep: Sweep) -> list[Picture]:
    """Return how the metric depends on what varied."""
    varied = sweep.varied
    if sweep.centre is not None and sweep.reference == sweep.centre and len(varied) > 1:
        return [tornado(sweep), *_alone(sweep)]
    if sweep.sampled:
        return [scatter(sweep)]
    drawn = []
    for metric in _metrics(sweep):
        if len(varied) == 1 and AGE not in varied:
            drawn.append(curve(sweep, varied[0], metric))
        elif len(varied) == 2:
            drawn += _two(sweep, metric)
        elif len(varied) == 3:
            drawn.append(_three(sweep, metric))
        elif len(varied) > 3:
            drawn += [curve(sweep, x, metric) for x in varied if x != AGE]
    return drawn


def _metrics(sweep: Sweep) -> list[str]:
    """Return the metrics to draw: the accuracy alone, or the first of those that vary."""
    if sweep.metric == ACCURACY:
        return [ACCURACY]
    several = [name for name in sweep.metrics if sweep.done[name].nunique() > 1]
    return several[:METRICS] or [sweep.metric]


def _designs(sweep: Sweep) -> list[Picture]:
    """Return accuracy against energy, if designs differ in it.

    Spread, noise and conditions of the test are no designer's choice: they stay as in the
    reference point, and a sweep that sampled them has no points that differ in designs alone.
    """
    roles = {name: sweep.fields.of_name(name).role for name in sweep.varied}
    given = {name: sweep.reference[name] for name, role in roles.items()
             if name.startswith("test.") or role in (SPREAD, NOISE)}  # fmt: skip
    scattered = sweep.sampled and sweep.centre is None
    if sweep.metric != ACCURACY or ENERGY not in sweep.metrics or (scattered and given):
        return []
    designs = sweep.at(given)
    energy = unharmed(designs, means(designs, designs.varied, ENERGY), designs.varied)["mean"]
    if len(energy) < 3 or energy.max() <= DIFFERENT * energy.min():
        return []
    drawn = pareto(designs)
    held = f" All with {point_text(sweep, given)}." if given else ""
    return [replace(drawn, caption=drawn.caption + held)]


def _alone(sweep: Sweep) -> list[Picture]:
    """Return a curve for each parameter of several values, the others at the reference."""
    drawn = []
    for x in sweep.varied:
        line = sweep.at({name: v for name, v in sweep.reference.items() if name != x})
        if x != AGE and len(levels(line.done[x])) > 3:
            drawn.append(curve(line, x))
    return drawn


def _two(sweep: Sweep, metric: str) -> list[Picture]:
    """Return lines where they stay few, and a map of two numbers."""
    x, by = _ordered(sweep)
    drawn = []
    few = len(levels(sweep.done[by])) <= LINES
    if few and AGE not in (x, by):
        drawn.append(curve(sweep, x, metric, by))
    if not few or (_numeric(sweep, by) and min(_count(sweep, x), _count(sweep, by)) > 2):
        width = DOUBLE if _count(sweep, x) > CELLS else COLUMN
        drawn.append(heatmap(sweep, x, by, metric, width=width))
    return drawn


def _three(sweep: Sweep, metric: str) -> Picture:
    """Return panels for the values of the parameter that has fewest, or a sampled view."""
    x, by, panel = _ordered(sweep)
    if _count(sweep, panel) > PANELS:
        return scatter(sweep, metric)
    return multiples(sweep, x, by, panel, metric)


def _ordered(sweep: Sweep) -> list[str]:
    """Return what varied: numbers before kinds, those of many values first."""
    return sorted(sweep.varied, key=lambda n: (not _numeric(sweep, n), -_count(sweep, n)))


def _numeric(sweep: Sweep, name: str) -> bool:
    return numeric(levels(sweep.done[name]))


def _count(sweep: Sweep, name: str) -> int:
    return len(levels(sweep.done[name]))


def _drift(sweep: Sweep) -> Picture:
    """Return the figure of drift, with lines for the other parameter that has fewest values."""
    others = [n for n in sweep.varied if n != AGE and _count(sweep, n) <= LINES]
    return drift(sweep, min(others, key=lambda n: _count(sweep, n), default=None))


def _yields(sweep: Sweep) -> list[Picture]:
    """Return yields, where there are chips enough and they differ."""
    if sweep.metric != ACCURACY or sweep.draw:
        return []
    several = bool(chips(sweep))
    causes = [n for n in sweep.varied if sweep.fields.of_name(n).role == SPREAD]
    if not sweep.varied:
        return [yields(sweep)] if several and len(sweep.done) >= CHIPS else []
    drawn: list[str] = []
    for x in causes or (_ordered(sweep)[:1] if several else []):
        counts = counted(sweep, [x], ACCURACY).done.groupby(x, dropna=False, observed=True).size()
        known = any(sweep.follows(x, other) and sweep.follows(other, x) for other in drawn)
        if not known and 2 <= len(counts) <= PLACES and counts.median() >= CHIPS:
            drawn.append(x)
    return [yields(sweep, x) for x in drawn]
