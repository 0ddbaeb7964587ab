"""The store as tables: a pandas DataFrame, an xarray Dataset, a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from crossbar.errors import DataError, OutputError, message
from crossbar.runs.store.rows import RUN, Record

Rows = Callable[..., list[tuple[Any, ...]]]

BEFORE = ("run", "status")
AFTER = ("began", "duration", "memory", "host", "attempt", "failure")
COLUMNS = (*BEFORE, "seed", *AFTER)  # what no parameter and no metric is called


def frame(rows: Rows) -> pd.DataFrame:
    """Return one row a run: ``run``, ``status``, parameters, ``seed``, metrics, and the rest.

    ``began`` is a time of day (UTC), ``duration`` is in seconds, ``memory`` in MiB. What a run
    does not have is missing: a parameter that was not swept then, a metric of one not done.
    ``failure`` is the error of a run that failed.
    """
    kept = rows(
        "SELECT id, status, point, seed, metrics, began, duration, memory, host, attempt, error "
        "FROM runs WHERE role = ? ORDER BY id",
        RUN,
    )
    metrics = _records([row[4] or "{}" for row in kept])
    columns = ["run", "status", "point", "seed", "metrics", *AFTER]
    plain = pd.DataFrame(kept, columns=columns).drop(columns="metrics")
    known = points(rows)
    values = _records([text for _, text in known]).set_axis([k for k, _ in known], axis=0)
    swept = values.reindex(plain["point"]).set_axis(plain.index, axis=0)
    plain["began"] = pd.to_datetime(plain["began"], unit="s", utc=True)
    parts = (plain[list(BEFORE)], swept, plain[["seed"]], metrics, plain[list(AFTER)])
    return pd.concat(parts, axis=1)


def _records(texts: list[str]) -> pd.DataFrame:
    """Return JSON objects as a table; parsed as one text, which is several times as fast."""
    return pd.DataFrame(json.loads(f"[{','.join(texts)}]"), index=range(len(texts)))


def points(rows: Rows) -> list[tuple[Any, ...]]:
    """Return number and parameters, a JSON object, of the points of runs."""
    return rows(
        "SELECT id, parameters FROM points "
        "WHERE id IN (SELECT DISTINCT point FROM runs WHERE role = ?) ORDER BY id",
        RUN,
    )


def parameters(rows: Rows) -> tuple[str, ...]:
    """Return the names of everything that was swept, in the order of their first use."""
    names: dict[str, None] = {}
    for _, text in points(rows):
        names.update(dict.fromkeys(json.loads(text)))
    return tuple(names)


def dataset(table: pd.DataFrame, names: tuple[str, ...]) -> Any:
    """Return the metrics of the runs that are done on the grid of ``names`` and the seeds.

    A parameter that has no value at some points has the text "none" there.

    Raises
    ------
    DataError
        If no run is done, or the points form no grid.
    OutputError
        If xarray is not installed.
    """
    try:
        import xarray
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[export]'."
        raise OutputError(message("Store.dataset", "xarray", "none", remedy)) from None
    done = table[table["status"] == "done"]
    if done.empty:
        remedy = "Run the command of the sweep again."
        raise DataError(message("Store.dataset", "a run that is done", "none", remedy))
    axes = [*names, "seed"]
    lacking = {n: done[n].astype(object).fillna("none") for n in names if done[n].isna().any()}
    done = done.assign(**lacking)
    cells = int(np.prod([done[name].nunique() for name in axes]))
    if cells > 20 * len(done) or done.duplicated(axes).any():
        got = f"{len(done)} runs of {cells} places"
        if done.duplicated(axes).any():
            got = "several runs of one place"
        raise DataError(message("Store.dataset", "points on a grid", got, "Use Store.frame."))
    first, last = list(table.columns).index("seed") + 1, list(table.columns).index(AFTER[0])
    values = done.set_index(axes)[[*table.columns[first:last], "duration"]]
    return xarray.Dataset.from_dataframe(values)


def run(rows: Rows, number: int) -> Record | None:
    """Return all that the tables hold about run ``number``; None if there is no such run."""
    names = ("role", "needs", "status", "parameters", "seed", "settings", "metrics", "began",
             "duration", "memory", "host", "attempt", "error", "traceback")  # fmt: skip
    row = rows(
        f"SELECT runs.id, versions.record, {', '.join(names)} FROM runs "
        "JOIN points ON points.id = point LEFT JOIN versions ON versions.id = versions "
        "WHERE runs.id = ?",
        number,
    )
    if not row:
        return None
    record = dict(zip(("run", "versions", *names), row[0], strict=True))
    for name in ("parameters", "settings", "metrics", "versions"):
        record[name] = json.loads(record[name]) if record[name] else {}
    return {"run": number, **{name: record[name] for name in names}, "versions": record["versions"]}
