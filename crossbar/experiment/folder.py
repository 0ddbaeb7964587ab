"""The folder of a run: what is written where, and what may not be overwritten.

``run.json`` (settings and state), ``result.json``, ``windows.npz`` (example recordings and their
spectrograms), ``activity.json`` and ``seed-K/`` with ``checkpoint.npz``, ``history.csv``,
``predictions.csv`` and ``cells.npz`` (weights and conductances before and after training).
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import files
from crossbar.errors import DataError, OutputError, message

FORMAT = 1
Record = dict[str, Any]


def default_folder(name: str, settings: Record) -> Path:
    """Return ``runs/name-hash``, the same for the same settings and another for others."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return Path("runs") / f"{name}-{digest[:8]}"


def checkpoint(folder: Path, seed: int) -> Path:
    """Return the place of the checkpoint of ``seed`` in the run ``folder``."""
    return folder / f"seed-{seed}" / "checkpoint.npz"


def write_json(path: Path, record: Any) -> None:
    """Write ``record`` to ``path`` as JSON, whole or not at all."""
    files.write(path, json.dumps(record, indent=1, default=str) + "\n")


def write_arrays(path: Path, arrays: dict[str, Any]) -> None:
    """Write ``arrays`` to ``path`` by name, whole or not at all."""
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    files.write(path, content.getvalue())


def read_json(path: Path) -> Any:
    """Return the JSON in ``path``."""
    remedy = "Give the folder that `crossbar train --out` wrote."
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        text = message(str(path), "a file of a run", str(error.strerror), remedy)
        raise DataError(text) from None
    except ValueError as error:
        raise DataError(message(str(path), "JSON", f"a damaged file ({error})", remedy)) from None


def finished(folder: Path, settings: Record) -> bool:
    """Return whether ``folder`` holds the finished run with ``settings``; write nothing.

    Raises
    ------
    OutputError
        If the folder cannot be written or holds anything but this run.
    """
    elsewhere = "Choose another folder with --out, or delete this one."
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(message(str(folder), "a folder", "a file", elsewhere))
        if not folder.exists() or all(p.match(files.TEMPORARY) for p in folder.iterdir()):
            return False
    except OSError as error:
        reason = str(error.strerror)
        raise OutputError(message(str(folder), "a readable folder", reason, elsewhere)) from None
    if not (folder / "run.json").exists():
        raise OutputError(message(str(folder), "an empty folder", "other files", elsewhere))
    if read_json(folder / "run.json").get("settings") != json.loads(json.dumps(settings)):
        got = "a run with other settings"
        raise OutputError(message(str(folder), "an empty folder or this run", got, elsewhere))
    return (folder / "result.json").exists()


def claim(folder: Path, settings: Record) -> None:
    """Make ``folder`` the folder of a run with ``settings``."""
    files.make_folder(folder)
    write_json(folder / "run.json", {"format": FORMAT, "settings": settings})


def runs(folder: Path) -> list[Path]:
    """Return the folders of finished runs in ``folder``: itself, or those one level below."""
    found = [p.parent for p in (folder / "result.json", *sorted(folder.glob("*/result.json")))
             if p.exists()]  # fmt: skip
    if not found:
        remedy = "Give the folder that `crossbar train --out` wrote, once training has finished."
        raise DataError(message(str(folder), "a finished run (result.json)", "none", remedy))
    return found
