"""What stands below a figure of a sweep: the conditions that it holds under."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crossbar.report.sweeps.quantities import parameter
from crossbar.report.sweeps.records import ACCURACY, CHIP, Sweep
from crossbar.report.sweeps.statistics import repetition
from crossbar.report.wording import listing


def intervals(sweep: Sweep, table: pd.DataFrame, metric: str, mark: str) -> str:
    """Return over what the means of ``table`` are, and what ``mark``, such as "bars", shows."""
    most, least = int(table["seeds"].max()), int(table["seeds"].min())
    own = "chips" if repetition(sweep) == CHIP else "seeds"
    if most == 1:
        words = f"One {own[:-1]}."
        if metric == ACCURACY and table["low"].notna().any():
            words += f" {mark}: 95 % interval (Wilson, over independent test windows)."
        return words
    number = f"{most}" if least == most else f"{least} to {most}"
    each = ", each averaged over its fabricated chips" if len(sweep.replicates) > 1 and (
        own == "seeds") else ""  # fmt: skip
    return f"Mean over {number} {own}{each}; {mark}: 95 % interval (Student t over {own})."


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


def unfinished(sweep: Sweep) -> str:
    """Return how many runs are missing; empty for none."""
    if sweep.complete:
        return ""
    return f" {len(sweep.done)} of {len(sweep.frame)} runs are finished."
