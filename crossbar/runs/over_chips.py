"""Tests of several fabricated chips as one result."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from crossbar.intervals import student
from crossbar.runs.hardware import FLOAT
from crossbar.runs.layer_errors import ERRORS
from crossbar.runs.store import Store
from crossbar.runs.store.result import stored
from crossbar.types import Record

CHIP = "test.chip"
Test = tuple[dict[str, Any], Record]
"""What varies in a test, by setting, and what it gave."""


def by_point(tests: Iterable[Test]) -> list[Test]:
    """Return ``tests`` of several chips with one result for each point of the other settings."""
    groups: dict[str, tuple[dict[str, Any], list[Record]]] = {}
    for point, record in tests:
        rest = {name: value for name, value in point.items() if name != CHIP}
        groups.setdefault(repr(rest), (rest, []))[1].append(record)
    return [(rest, over_chips(records)) for rest, records in groups.values()]


def over_chips(tests: Sequence[Record]) -> Record:
    """Return the ``tests`` of fabricated chips, one each, as one result.

    Returns
    -------
    record
        That of the first test, with means in place of its numbers, the interval of the mean over
        chips for these test samples, and the figure of merit of every chip under ``per_chip``.
    """
    first, merit = tests[0], tests[0]["merit"]
    means = {
        name: math.fsum(one[name] for one in tests) / len(tests)
        for name in first["metrics"]
        if all(name in one for one in tests)
    }
    each = [one[merit] for one in tests]
    mean = student(each).within(-math.inf if first["data"]["regression"] else 0.0, 1)
    ends = [mean.low, mean.high] if mean.known else first[f"{merit}_ci95"]
    words = f"Student, over {len(tests)} chips, for these test {first['data']['sample']}s"
    own = {f"{merit}_ci95": ends, "interval": words if mean.known else first["interval"]}
    if ERRORS in first:
        own[ERRORS] = _layers([one[ERRORS] for one in tests])
    left = {name: value for name, value in first.items() if name not in ("per_seed", "chip")}
    return left | means | own | {"chips": len(tests), "per_chip": each}


def _layers(chips: Sequence[Sequence[Record]]) -> list[Record]:
    """Return the errors of every layer, the root of their mean square over ``chips``."""
    joined = []
    for same in zip(*chips, strict=True):
        squares = {name: sum(one[name] ** 2 for one in same) for name in ("error", "own")}
        means = {name: math.sqrt(square / len(same)) for name, square in squares.items()}
        joined.append({"layer": same[0]["layer"]} | means)
    return joined


def of_trained_chips(folder: Path, seeds: Sequence[int]) -> Record:
    """Return the figure of merit that the trained chips in ``folder`` have, by its name.

    It is ``accuracy_float`` of chips whose weights are in digital memory, else
    ``accuracy_trained``; R² and others likewise.
    """
    with Store(folder) as kept:
        result = stored(kept, seeds)[0]
    merit = result["merit"]
    return {f"{merit}_{'float' if result['device'] == FLOAT else 'trained'}": result[merit]}
