"""Results over draws of a device, split by cause: the device, the chips, the seeds, the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crossbar.displayed import Displayed
from crossbar.errors import DataError, message
from crossbar.intervals import Interval
from crossbar.report.sweeps.components import CHIP, DEVICE, REST, SEED, Components, components
from crossbar.report.sweeps.levels import Level, plain
from crossbar.report.sweeps.replicates import DRAW, chips, repetition, resampling
from crossbar.report.wording import listing
from crossbar.types import Floats, Record

if TYPE_CHECKING:
    from crossbar.report.sweeps.records import Sweep

MISSING = "Every draw needs the same seeds and chips, and two draws or more all of them."


@dataclass(frozen=True)
class Split(Displayed):
    """The variance of a metric over draws of a device, by cause.

    Attributes
    ----------
    metric
        What was measured.
    y : (draws, seeds, chips of a seed)
        The results.
    by_cause
        Variances and intervals; see :mod:`crossbar.report.sweeps.components`.
    omitted
        Draws without all results.
    bounded
        Whether the metric is a share, from 0 to 1.
    point
        Values of the parameters that vary beside the draws.
    """

    metric: str
    y: Floats
    by_cause: Components
    omitted: int = 0
    bounded: bool = False
    point: dict[str, Level] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Split of {self.metric}, {self.one.text()}: {self.text}>"

    @property
    def one(self) -> Interval:
        """The mean with the 95 % interval of one more result: other device, seed and chip."""
        return self.by_cause.one.within(0.0, 1.0) if self.bounded else self.by_cause.one

    @property
    def mean(self) -> Interval:
        """The mean with its 95 % interval over seeds and chips, for another draw of the device."""
        return self.by_cause.mean.within(0.0, 1.0) if self.bounded else self.by_cause.mean

    @property
    def causes(self) -> dict[str, str]:
        """Words for every cause that varies, in the order device, chip, seed, rest."""
        _, seeds, several = self.y.shape
        words = {DEVICE: "device", CHIP: "chip", SEED: "seed", REST: "their interplay and noise"}
        if seeds == several == 1:
            words[DEVICE] = "device and noise"
        elif several == 1:
            words[SEED] = "chip and seed"
        return {cause: text for cause, text in words.items() if cause in self.by_cause.parts}

    def share(self, cause: str) -> float:
        """Return the share of ``cause`` in the variance of one result."""
        return self.by_cause.parts[cause].share

    @property
    def text(self) -> str:
        """The shares in words."""
        return listing([f"{words} {100 * self.share(cause):.0f} %"
                        for cause, words in self.causes.items()])  # fmt: skip

    @property
    def unresolved(self) -> tuple[str, ...]:
        """Words for the causes whose variance may be zero, by its 95 % interval."""
        parts = self.by_cause.parts
        return tuple(words for cause, words in self.causes.items() if not parts[cause].resolved)

    @property
    def size(self) -> str:
        """How many draws, seeds and chips there are, in words."""
        draws, seeds, several = self.y.shape
        each = f", {several} chips each" if several > 1 else ""
        of = "one seed" if seeds == 1 else f"{seeds} seeds"
        return f"{draws} draws of the device, {of}{each}"

    @property
    def record(self) -> Record:
        """The split in plain values."""
        draws, seeds, several = self.y.shape
        parts = {
            cause: {"words": words, "share": part.share, "variance": part.variance,
                    "low": part.low, "high": part.high, "resolved": part.resolved}
            for cause, words in self.causes.items() if (part := self.by_cause.parts[cause])
        }  # fmt: skip
        return {
            "metric": self.metric,
            "point": self.point,
            "mean": self.one.mean,
            "one": {"low": self.one.low, "high": self.one.high},
            "over seeds and chips": {"low": self.mean.low, "high": self.mean.high},
            "draws": draws,
            "seeds": seeds,
            "chips": several,
            "omitted": self.omitted,
            "shares": parts,
        }


def split(sweep: Sweep, metric: str | None = None) -> Split:
    """Return the variance of ``metric`` over the draws of a device, by cause.

    Parameters
    ----------
    metric
        What was measured; None for the metric of the sweep.

    Raises
    ------
    DataError
        If no device is drawn, another parameter varies too (take a point of it by ``at``), or
        fewer than two draws have all results.
    """
    metric = metric or sweep.metric
    sweep.require_metric(metric)
    if not sweep.draw or sweep.varied:
        others = ", ".join(sweep.varied)
        got = f"{others} too" if sweep.draw else "no draws"
        remedy = "Take one point: sweep.at({...})." if sweep.draw else f"Sweep {DRAW}=0:20."
        text = message(f"sweep {sweep.name}", "draws of one device alone", got, remedy)
        raise DataError(text)
    y, omitted = table(sweep, sweep.done, metric)
    if len(y) < 2:
        got = f"{len(y)}, beside {omitted} without all of them"
        text = message(f"sweep {sweep.name}", "two draws with all results", got, MISSING)
        raise DataError(text)
    return _split(sweep, metric, y, omitted, {})


def points(sweep: Sweep, metric: str | None = None) -> list[Split]:
    """Return the split at every point that has two draws with all results."""
    names, known = list(sweep.parameters), []
    rows: Any = sweep.done[names].drop_duplicates().to_dict("records") if names else [{}]
    for row in rows:
        point = {name: plain(value) for name, value in row.items()}
        one = sweep.at(point) if point else sweep
        y, omitted = table(one, one.done, metric or sweep.metric)
        if len(y) > 1:
            known.append(_split(sweep, metric or sweep.metric, y, omitted, point))
    return known


def _split(sweep: Sweep, metric: str, y: Floats, omitted: int, point: dict[str, Level]) -> Split:
    """Return the split of the results ``y``; intervals of a share end at 0 and 1."""
    known = components(y, resampling(sweep))
    return Split(metric, y, known, omitted, sweep.unit(metric) == "%", point)


def table(sweep: Sweep, frame: pd.DataFrame, column: str) -> tuple[Floats, int]:
    """Return ``column`` as (draws, seeds, chips), and how many draws are not in it.

    Those are omitted that lack the result of a seed or chip which others have. The fitted device,
    which is no draw, is not among them.
    """
    drawn, several = frame[frame[sweep.draw].notna()], list(chips(sweep))
    if drawn.empty:
        return np.empty((0, 1, 1)), 0
    named = drawn[several].astype(str).agg(",".join, axis=1) if several else ""
    number = drawn.assign(chip=named)
    wide: Any = number.pivot_table(index=sweep.draw, columns=["seed", "chip"], values=column,
                                   dropna=False)  # fmt: skip
    seeds = sorted(number["seed"].unique())
    order = pd.MultiIndex.from_product([seeds, sorted(number["chip"].unique())])
    wide = wide.reindex(columns=order)
    whole = wide.dropna()
    return whole.to_numpy(float).reshape(len(whole), len(seeds), -1), len(wide) - len(whole)


def means(sweep: Sweep, frame: pd.DataFrame, by: Sequence[str], column: str) -> pd.DataFrame:
    """Return the mean of ``column`` at each value of ``by``, with an interval for another draw.

    It is that of the mean over seeds and chips, and contains what the draws leave unknown; none
    where fewer than two draws have all results. ``draws`` counts those that it is over, ``seeds``
    the repetitions.
    """
    rows = []
    known = frame[frame[column].notna()]
    groups: Any = [((), known)] if not by else known.groupby([*by], dropna=False, observed=True)
    for values, own in groups:
        y, _ = table(sweep, own, column)
        mean = Interval(float(own[column].mean()), math.nan, math.nan)
        if several := len(y) > 1:
            mean = components(y, resampling(sweep)).mean
        kept = dict(zip(by, values, strict=True))
        rows.append(kept | {"mean": mean.mean, "low": mean.low, "high": mean.high,
                            "seeds": own[repetition(sweep)].nunique(),
                            "draws": len(y) if several else 0})  # fmt: skip
    return pd.DataFrame(rows, columns=[*by, "mean", "low", "high", "seeds", "draws"])
