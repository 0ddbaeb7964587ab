"""Tables of runs as files of other programs: CSV, JSON, Parquet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from crossbar import files
from crossbar.errors import OutputError, fail, message
from crossbar.spreadsheet import guarded_frame

ENDINGS = (".csv", ".json", ".parquet")


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
