"""What stands below a figure of a sweep: what it shows, and the conditions that it holds under."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from crossbar.report.figures.canvas import Picture, picture
from crossbar.report.sweeps.losses import losses
from crossbar.report.sweeps.quantities import Quantity, parameter
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.sweeps.replicates import chips, drawn, repeated, repetition
from crossbar.report.sweeps.statistics import student_kind
from crossbar.report.wording import listing


@dataclass(frozen=True)
class Drawing:
    """A figure, and what it shows in words.

    Attributes
    ----------
    what
        Metric and parameters.
    seen, basis
        What follows this in words for who cannot see the figure, and in its caption.
    data
        What is drawn, in SI units.
    """

    figure: Figure
    what: str
    seen: str
    basis: str
    data: pd.DataFrame

    def picture(self, name: str, caption: str, *, wide: bool) -> Picture:
        """Return the files; a ``caption`` that is not empty stands in place of the words."""
        words = f"{self.what[0].upper()}{self.what[1:]}{self.basis}"
        return picture(
            self.figure, name, alt=self.what + self.seen, caption=caption or words,
            data=self.data, wide=wide,
        )  # fmt: skip


def intervals(sweep: Sweep, table: pd.DataFrame, metric: str, mark: str) -> str:
    """Return over what the means of ``table`` are, and what ``mark``, such as "bars", shows."""
    what = over(sweep, table)
    alone = (table["seeds"] == 1) & table["low"].notna()
    if "draws" in table:
        alone &= table["draws"] == 0
    samples = "Wilson, over independent test samples"
    if drawn(table) or (int(table["seeds"].max()) > 1 and not sweep.draw):
        others = f"; of one seed {samples}" if alone.any() else ""
        return f"{what}; {mark}: 95 % interval ({student_kind(sweep)}{others})."
    if metric == ACCURACY and alone.any():
        return f"{what}; {mark}: 95 % interval ({samples})."
    return f"{what}."


def spread(sweep: Sweep, table: pd.DataFrame, quantity: Quantity) -> str:
    """Return over what the means of ``table`` are, and how wide their intervals."""
    if table.empty:
        return "Runs failed everywhere."
    half = quantity.factor * float((table["high"] - table["low"]).median()) / 2
    if not math.isfinite(half):
        return f"{over(sweep, table)}."
    unit = f" {quantity.change().unit}".rstrip()
    return f"{over(sweep, table)}; half of the 95 % interval, median: {half:.2g}{unit}."


def over(sweep: Sweep, table: pd.DataFrame) -> str:
    """Return how many repetitions the means of ``table`` are over."""
    most, least = int(table["seeds"].max()), int(table["seeds"].min())
    draws = drawn(table)
    if most == 1 and not draws:
        return repeated(sweep, 1).capitalize()
    several = chips(sweep) and repetition(sweep) == "seed"
    each = ", each averaged over its fabricated chips" if several else ""
    seeds = f"{'' if least == most else f'{least} to '}{repeated(sweep, most)}"
    return f"Mean over {draws}{' and ' if draws else ''}{seeds}{each}"


def averaged(sweep: Sweep, used: Sequence[str]) -> str:
    """Return over which parameters a figure averages that shows ``used``; empty for none."""
    others = [name for name in sweep.varied if name not in used]
    if not others:
        return ""
    counts = [
        f"{parameter(sweep, n, 0.0).words} ({sweep.done[n].nunique(dropna=False)} values)"
        for n in others
    ]
    return f" Averaged over {listing(counts)}."


def conditions(sweep: Sweep, used: Sequence[str], metric: str) -> str:
    """Return over what a figure of ``metric`` averages that shows ``used``, and what is missing."""
    return averaged(sweep, used) + unfinished(sweep, metric)


def unfinished(sweep: Sweep, *metrics: str) -> str:
    """Return how many runs are missing, failed or have not all ``metrics``; empty for none."""
    return finished(sweep, *metrics) + failed(sweep)


def failed(sweep: Sweep) -> str:
    """Return how many runs failed, and the point that lost the largest share; empty for none."""
    lost = losses(sweep)
    if lost.empty:
        return ""
    worst = (lost["failed"] / lost["runs"]).argmax()
    total, n, of = len(sweep.failures), *(int(lost[c].iloc[worst]) for c in ("failed", "runs"))
    share = f", at one point all {of}," if n == of else f", at one point {n} of {of},"
    return f" {total} failed{share if len(sweep.parameters) else ''} and are not in any mean."


def finished(sweep: Sweep, *metrics: str) -> str:
    """Return how many runs are finished if some are to come, and how many lack ``metrics``."""
    text = ""
    if len(sweep.ended) < len(sweep.frame):
        text = f" {len(sweep.done)} of {len(sweep.frame)} runs are finished."
    lacking = int(sweep.done[list(metrics)].isna().any(axis=1).sum())
    if lacking:
        text += f" {lacking} finished runs without {listing(list(metrics))} are omitted."
    return text
