"""What the runs of a sweep say: means, paired changes, yields and Pareto fronts, with intervals.

The seeds are the independent repetitions. Chips that were fabricated for one seed share its
training, so they are averaged first; where one seed was run alone, its chips are the repetitions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from crossbar.intervals import Interval, independent, limits, student_name, widening
from crossbar.report.sweeps import splits
from crossbar.report.sweeps.levels import Level
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.replicates import repetition, resampling
from crossbar.types import Floats, Masks

COSTS = ("J", "s", "W", "nats")  # units of what should be low, where nothing else is noted
PARTS = ("mean", "low", "high")
PLACEHOLDER = "all"  # column to group by where everything is one group


def student_kind(sweep: Sweep) -> str:
    """Return the name of intervals over several repetitions, or of those over draws."""
    return "for another draw of the device" if sweep.draw else student_name(resampling(sweep))


def direction(sweep: Sweep, name: str) -> int:
    """Return 1 of a metric that is better when higher, -1 when lower, 0 where that is not known.

    Nothing noted, it is lower of what costs, by its unit.
    """
    better = sweep.measures.get(name, {}).get("better")
    known = {"higher": 1, "lower": -1, "neither": 0}
    return known[better] if better in known else -1 if sweep.unit(name) in COSTS else 0


def guessing(sweep: Sweep) -> float:
    """Return the accuracy of guessing among the classes of the data; NaN where none are noted."""
    first = int(sweep.done["run"].iloc[0])
    classes = (sweep.runs([first])[first].get("detail") or {}).get("classes")
    return 1 / len(classes) if classes else math.nan


def repetitions(sweep: Sweep, by: Sequence[str], metric: str) -> pd.DataFrame:
    """Return the ``metric`` of each repetition at each value of ``by``, averaged over the rest.

    Returns
    -------
    DataFrame
        The columns of ``by``, the repetition, ``value``.
    """
    names = [*by, repetition(sweep)]
    averages: pd.DataFrame = grouped(sweep.done, names, metric).mean()
    return averages.rename(columns={metric: "value"})


def means(sweep: Sweep, by: Sequence[str], metric: str) -> pd.DataFrame:
    """Return the mean of ``metric`` at each value of ``by`` with its 95 % interval.

    Student's interval over the seeds, corrected where they split one pool again (see
    :func:`crossbar.report.sweeps.replicates.resampling`); over draws of a device that of
    :func:`crossbar.report.sweeps.splits.means`. One seed has none, except that an accuracy has
    Wilson's over its independent test samples; that of an accuracy is cut to [0, 1].

    Returns
    -------
    DataFrame
        The columns of ``by``, ``mean``, ``low``, ``high`` (NaN where there is no interval) and
        ``seeds``, sorted by ``by``; over draws of a device also ``draws``.
    """
    table = _means(sweep, sweep.done, by, metric)
    if metric != ACCURACY:
        return table
    table[["low", "high"]] = table[["low", "high"]].clip(0.0, 1.0)
    single = (table["seeds"] == 1) & table["low"].isna()
    if single.any() and "independent_images" in sweep.done:
        images = grouped(sweep.done, by, "independent_images").mean()["independent_images"]
        low, high = limits(table["mean"].to_numpy(float), images.to_numpy(float))
        table["low"] = table["low"].where(~single, low)
        table["high"] = table["high"].where(~single, high)
    return table


def changes(
    sweep: Sweep, by: Sequence[str], metric: str, reference: Mapping[str, Level]
) -> pd.DataFrame:
    """Return the mean change of ``metric`` against ``reference``, taken chip by chip.

    Runs of one seed share data, initial weights and fabrication at every point, and what they
    share cancels. Parameters that ``reference`` does not name are the same in both runs of a pair.

    Returns
    -------
    DataFrame
        As of :func:`means`; ``seeds`` counts those that have both runs.
    """
    pairing = [*(n for n in sweep.parameters if n not in reference), *sweep.replicates]
    fixed = sweep.at(reference).done[[*pairing, metric]].rename(columns={metric: "reference"})
    pairs = sweep.done.merge(fixed, on=pairing)
    pairs["value"] = pairs[metric] - pairs["reference"]
    return _means(sweep, pairs, by, "value")


def compared(table: pd.DataFrame, change: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the means of ``table`` beside their ``change``, as of :func:`changes`."""
    titles = {part: f"change {part}" for part in PARTS} | {"seeds": "change pairs"}
    return table.merge(change[[*by, *titles]].rename(columns=titles), on=[*by], how="left")


def interval_of(row: Mapping[Any, Any] | pd.Series[Any], kind: str = "") -> Interval:
    """Return the mean and its interval that a row holds, of the ``kind`` "" or "change "."""
    return Interval(*(float(row[f"{kind}{part}"]) for part in PARTS))


def yields(sweep: Sweep, by: Sequence[str], metric: str, threshold: float) -> pd.DataFrame:
    """Return the share of chips whose ``metric`` reaches ``threshold``, with its 95 % interval.

    A metric that is better when lower reaches it from above.

    Every seed and every fabricated chip is a chip. Other parameters than ``by`` are as in the
    reference point. A trained chip whose test failed does not reach it. Wilson's interval for as
    many chips as are independent: those of one training succeed or fail together. Where all are
    of one training, it speaks of chips of that training.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``mean`` (the share), ``low``, ``high``, ``chips`` and ``worth``,
        the number of independent chips.
    """
    chips = counted(sweep, by, metric).done
    passed = chips[[*by, "seed"]].assign(value=reached(sweep, chips, metric, threshold))
    parts = grouped(passed, by, "value")
    table: pd.DataFrame = parts.agg(["mean", "size"])
    worth = [independent_chips(part, passed["seed"].loc[part.index]) for _, part in parts]
    low, high = limits(table["mean"].to_numpy(float), np.array(worth))
    return table.rename(columns={"size": "chips"}).assign(low=low, high=high, worth=worth)


def reached(sweep: Sweep, chips: pd.DataFrame, metric: str, threshold: float) -> pd.Series[bool]:
    """Return which ``chips`` have a ``metric`` as good as ``threshold``."""
    values = chips[metric]
    return values <= threshold if direction(sweep, metric) < 0 else values >= threshold


def independent_chips(good: pd.Series[Any], seeds: pd.Series[Any]) -> float:
    """Return how many independent chips those are worth of which some are ``good``.

    Chips of one seed share its training; where all have one seed, they are independent given it.
    """
    return independent(good.to_numpy(float), seeds.to_numpy() if seeds.nunique() > 1 else None)


def counted(sweep: Sweep, by: Sequence[str], metric: str) -> Sweep:
    """Return the chips that a yield against ``by`` counts, as finished runs.

    Those with ``metric``, and without it those whose test failed.
    """
    sweep = sweep.at(held(sweep, by))
    kept = sweep.failed_tests | ((sweep.frame["status"] == "done") & sweep.frame[metric].notna())
    frame = sweep.frame[kept].assign(status="done").reset_index(drop=True)
    return replace(sweep, frame=frame)


def held(sweep: Sweep, by: Sequence[str]) -> dict[str, Level]:
    """Return the reference values of all parameters that vary while ``by`` stays the same."""
    others = [name for name in sweep.varied if name not in by]
    apart = [o for o in others if not any(sweep.follows(o, name) for name in by)]
    return {name: sweep.reference[name] for name in apart}


def front(cost: Floats, gain: Floats) -> Masks:
    """Return which points no other dominates, by lower cost or higher gain at no loss in the other.

    Examples
    --------
    >>> front(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0.5, 0.8, 0.7, 0.8]))
    array([ True,  True, False, False])
    """
    costs, group = np.unique(cost, return_inverse=True)
    best = np.full(len(costs), -np.inf)
    np.maximum.at(best, group, gain)
    cheaper = np.concatenate(([-np.inf], np.maximum.accumulate(best)[:-1]))
    chosen: Masks = (gain == best[group]) & (gain > cheaper[group])
    return chosen


def grouped(frame: pd.DataFrame, by: Sequence[str], column: str) -> Any:
    """Return ``column`` of ``frame`` without what is missing, in groups of equal ``by``."""
    known = frame[frame[column].notna()]
    if not by:
        known, by = known.assign(**{PLACEHOLDER: 0}), [PLACEHOLDER]
    ordered = known.groupby([*by], dropna=False, as_index=False, sort=True, observed=True)
    return ordered[column]


def _means(sweep: Sweep, frame: pd.DataFrame, by: Sequence[str], column: str) -> pd.DataFrame:
    """Return the mean of ``column`` with its interval at each value of ``by``."""
    if sweep.draw:
        return splits.means(sweep, frame, by, column)
    repeated = grouped(frame, [*by, repetition(sweep)], column).mean()
    table: pd.DataFrame = grouped(repeated, by, column).agg(["mean", "std", "size"])
    n = table["size"].to_numpy(int)
    half = widening(n, resampling(sweep)) * table["std"].to_numpy(float)
    mean = table["mean"].to_numpy(float)
    kept = table[[*by]]
    return kept.assign(mean=mean, low=mean - half, high=mean + half, seeds=n)
