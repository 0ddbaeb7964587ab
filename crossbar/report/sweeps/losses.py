"""Where runs of a sweep failed, and what is known without them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.statistics import grouped


def losses(sweep: Sweep, by: Sequence[str] | None = None) -> pd.DataFrame:
    """Return where runs failed: values of ``by``, how many ``failed``, and of how many ``runs``.

    ``by`` is all parameters where it is None.
    """
    names = sweep.parameters if by is None else by
    judged = sweep.ended.assign(value=(sweep.ended["status"] == "failed").astype(int))
    table: pd.DataFrame = grouped(judged, names, "value").agg(["sum", "size"])
    table = table.rename(columns={"sum": "failed", "size": "runs"})
    return table[table["failed"] > 0][[*names, "failed", "runs"]]


def unharmed(sweep: Sweep, table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the rows of ``table``, a point of ``by`` each, of which no run failed."""
    lost = losses(sweep, by)
    if lost.empty or not by:
        return table if lost.empty else table.iloc[:0]
    marked = table.merge(lost[[*by]], on=[*by], how="left", indicator="lost")
    return table[(marked["lost"] == "left_only").to_numpy(bool)]


def noted(table: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """Return ``table`` with what is ``lost``, as of :func:`losses`; also points without a mean."""
    return table if lost.empty else table.merge(lost, how="outer")
