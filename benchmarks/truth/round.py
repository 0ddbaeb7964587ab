"""All tools that are installed, on all tasks, each answer in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from truth.task import Task, task

HERE = Path(__file__).parents[1]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LIMIT = 300.0  # s for one answer
Row = dict[str, Any]


def verdict(made: Task, error: float) -> str:
    """Return whether an error is within the bound; what is no number is not."""
    return "within" if error <= made.bound else "beyond"


def tools(names: list[str], pythons: dict[str, str]) -> dict[str, Row]:
    """Return the description of every tool, with its version or what is missing."""
    return {name: _child(pythons.get(name), name) for name in names}


def rows(
    names: list[str],
    present: dict[str, Row],
    pythons: dict[str, str],
    said: Callable[[str], None] = lambda _: None,
) -> list[Row]:
    """Return a row a task and a tool that is installed."""
    table = []
    for name in names:
        made = task(name)
        for key, seen in present.items():
            if seen["version"] is None:
                continue
            row = {"task": name, "tool": key}
            if name in seen["settings"]:
                row |= _answer(made, name, key, pythons.get(key))
            else:
                row |= {"verdict": "cannot", "why": seen["cannot"].get(name, "")}
            table.append(row)
            said(f"{name}, {key}: {row['verdict']} {row.get('error', row.get('why', ''))}")
    return table


def _answer(made: Task, name: str, key: str, python: str | None) -> Row:
    """Return verdict, error, time and memory of the answer of a tool."""
    with tempfile.TemporaryDirectory() as folder:
        answers, row = [], {}
        for k in range(made.processes):
            path = Path(folder) / f"{k}.npy"
            row = _child(python, key, name, str(path))
            if "failed" in row:
                return {"verdict": "failed", "why": row["failed"]}
            answers.append(np.load(path))
    error = made.error(made.asked(), answers)
    return row | {"error": error, "verdict": verdict(made, error)}


def _child(python: str | None, *given: str) -> Row:
    """Return what a fresh process says, with one thread of BLAS."""
    paths = [str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    own = dict.fromkeys(THREADS, "1") | {"PYTHONPATH": os.pathsep.join(p for p in paths if p)}
    command = [python or sys.executable, "-m", "truth.measured", *given]
    try:
        ran = subprocess.run(
            command, env=os.environ | own, capture_output=True, text=True, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        return _failed(f"no answer in {LIMIT:g} s", given[0])
    if ran.returncode:
        lines = ran.stderr.strip().splitlines() or [f"exit status {ran.returncode}"]
        return _failed(lines[-1], given[0])
    row: Row = json.loads(ran.stdout.splitlines()[-1])
    return row


def _failed(why: str, key: str) -> Row:
    """Return what is said of a process without an answer, be it to a task or for a version."""
    return {"failed": why, "name": key, "version": None, "absent": why}
