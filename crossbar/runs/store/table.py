"""The store as tables: a pandas DataFrame, an xarray Dataset, a file of another program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crossbar import files
from crossbar.errors import DataError, OutputError, fail, message
from crossbar.runs.store.rows import RUN
from crossbar.spreadsheet import guarded_frame
from crossbar.types import Record

Rows = Callable[..., list[tuple[Any, ...]]]

BEFORE = ("run", "status")
AFTER = ("began", "duration", "memory", "host", "attempt", "failure")
ENDINGS = (".csv", ".json", ".parquet")
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
    values = done.set_index(axes)[[*metric_names(table), "duration"]]
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


def export(frame: pd.DataFrame, path: Path) -> None:
    """Write ``frame`` to ``path`` in the format of its ending, with all digits.

    In CSV an apostrophe stands before texts that a spreadsheet may take as a formula; see
    :func:`crossbar.spreadsheet.guarded`.

    Raises
    ------
    ConfigError
        If the ending is not one of .csv, .json (a list of objects) and .parquet.
    OutputError
        If the file cannot be written, or pyarrow is missing for Parquet.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        fail("FILE", f"a name that ends in {', '.join(ENDINGS)}", path.name, "Choose one of them.")
    if ending == ".csv":
        day = "%Y-%m-%dT%H:%M:%S.%fZ"
        content: bytes | str = guarded_frame(frame).to_csv(index=False, date_format=day)
    elif ending == ".json":
        content = json.dumps(records(frame), indent=1) + "\n"
    else:
        content = _parquet(frame, path)
    files.write(path, content)


def metric_names(table: pd.DataFrame) -> list[str]:
    """Return the columns of ``table``, as of :func:`frame`, that are metrics."""
    names = list(table.columns)
    return names[names.index("seed") + 1 : names.index(AFTER[0])]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one plain object a row, None for what is missing, times of day in ISO 8601."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {str(k): v.isoformat() if isinstance(v, pd.Timestamp) else v for k, v in row.items()}
        for row in rows
    ]


def _parquet(frame: pd.DataFrame, path: Path) -> bytes:
    """Return ``frame`` in the format Parquet."""
    try:
        content = _plain(frame).to_parquet(index=False)
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[export]', or write .csv."
        raise OutputError(message(str(path), "pyarrow", "none", remedy)) from None
    assert isinstance(content, bytes)  # without a path
    return content


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with columns of one type each, which Parquet asks for."""
    mixed = [name for name in frame.columns if frame[name].dtype == object]
    return frame.assign(**{name: frame[name].map(_text) for name in mixed})


def _text(value: object) -> str | None:
    if value is None or value != value:
        return None
    return value if isinstance(value, str) else json.dumps(value)
