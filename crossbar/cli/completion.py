"""What the TAB key offers for words that are no commands and no options."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path

from crossbar.errors import OutputError
from crossbar.files import private_folder, write

Words = dict[str, list[str]]
PACKAGE = Path(__file__).parents[1]


def settings(incomplete: str) -> list[str]:
    """Return the settings that begin so, or the names that the one before the ``=`` may have."""
    key, separator, begun = _assignment(incomplete)
    if not separator:
        return [f"{one}=" for one in _words()["settings"] if one.startswith(incomplete)]
    values = [one for one in _words().get(f"{key}=", []) if one.startswith(begun)]
    if "=" in incomplete:  # one word, as Zsh and fish have it
        return [f"{key}={value}" for value in values]
    return values


def metrics(incomplete: str) -> list[str]:
    """Return the metrics that begin so."""
    return [one for one in _words()["metrics"] if one.startswith(incomplete)]


def cells(incomplete: str) -> list[str]:
    """Return the cells that begin so."""
    return [one for one in _words()["cells"] if one.startswith(incomplete)]


def devices(incomplete: str) -> list[str]:
    """Return the devices that begin so."""
    return [one for one in _words()["device.kind="] if one.startswith(incomplete)]


def _assignment(incomplete: str) -> tuple[str, str, str]:
    """Return the word at the cursor as key, ``=`` and value; Bash makes three words of it."""
    line = os.environ.get("COMP_WORDS", "").split("\n")
    before = line[: int(os.environ.get("COMP_CWORD", "0")) + (not incomplete)]
    if len(before) > 1 and before[-1] == "=":
        return before[-2], "=", incomplete
    return incomplete.partition("=")


def _words() -> Words:
    """Return what can be named, by what it is; gathered once, as that imports everything."""
    with contextlib.suppress(OSError, ValueError):
        return _kept()
    return gathered()


def _kept() -> Words:
    """Return the words from a file that is written where there is none for this code."""
    files = sorted(PACKAGE.rglob("*.py"))
    stamp = f"{sys.version} {files} {max(file.stat().st_mtime_ns for file in files)}"
    file = private_folder() / f"words-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}.json"
    if not file.exists():
        with contextlib.suppress(OutputError):
            write(file, json.dumps(gathered()))
    words: Words = json.loads(file.read_text("utf-8"))
    return words


def gathered() -> Words:
    """Return what can be named: ``settings``, values of ``KEY=``, ``metrics`` and ``cells``."""
    from crossbar.cli.cells import CELLS
    from crossbar.runs.hardware import kinds
    from crossbar.runs.keys import choices, keys
    from crossbar.runs.metrics import METRICS

    values = {key: [*names] for key, names in choices().items()} | {"device.kind": [*kinds()]}
    sections = {key.rpartition(".")[0] for key in keys()}
    settings = [key for key in keys() if key in values or key not in sections]
    words = {"settings": settings, "metrics": [*METRICS.names], "cells": [*CELLS]}
    return words | {f"{key}=": names for key, names in values.items()}
