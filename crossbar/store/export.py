"""Tables of runs as files of other programs: CSV, JSON, Parquet."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from crossbar.errors import OutputError, fail, message

ENDINGS = (".csv", ".json", ".parquet")


def export(frame: pd.DataFrame, path: Path) -> None:
    """Write ``frame`` to ``path`` in the format of its ending, with all digits.

    Raises
    ------
    ConfigError
        If the ending is not one of .csv, .json (a list of objects) and .parquet.
    OutputError
        If the file cannot be written, or pyarrow is missing for Parquet.
    """
    if path.suffix not in ENDINGS:
        fail("FILE", f"a name that ends in {', '.join(ENDINGS)}", path.name, "Choose one of them.")
    try:
        if path.suffix == ".csv":
            frame.to_csv(path, index=False, date_format="%Y-%m-%dT%H:%M:%S.%fZ")
        elif path.suffix == ".json":
            text = frame.to_json(orient="records", date_format="iso", double_precision=15)
            path.write_text(json.dumps(json.loads(text or "[]"), indent=1) + "\n", encoding="utf-8")
        else:
            _plain(frame).to_parquet(path, index=False)
    except OSError as error:
        remedy = "Choose another place."
        text = message(str(path), "a writable file", str(error.strerror), remedy)
        raise OutputError(text) from None
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[export]', or write .csv."
        raise OutputError(message(str(path), "pyarrow", "none", remedy)) from None


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with columns of one type each, which Parquet asks for."""
    mixed = [name for name in frame.columns if frame[name].dtype == object]
    return frame.assign(**{name: frame[name].map(_text) for name in mixed})


def _text(value: object) -> str | None:
    if value is None or value != value:
        return None
    return value if isinstance(value, str) else json.dumps(value)
