"""Phrases that stand beside numbers, so that they read the same everywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from crossbar.activity import EVENTS
from crossbar.report.merit import merit_text, merit_words
from crossbar.report.records import Run
from crossbar.types import Record
from crossbar.units import SECONDS, text

YEAR = SECONDS["y"]


def seeds_of(result: Record) -> str:
    """Return ``'seed 0'`` or ``'seeds 0, 1, 2'``."""
    seeds = result["seeds"]
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"


def conditions(result: Record) -> str:
    """Return what must stand beside every accuracy: split, seeds and result with interval.

    Examples
    --------
    >>> conditions({"accuracy": 0.9, "accuracy_ci95": [0.8, 1.0], "split": "window", "seeds": [0],
    ...             "interval": "Wilson", "merit": "accuracy",
    ...             "metrics": {"accuracy": {"words": "accuracy"}}})
    'Test accuracy 0.90 [0.80, 1.00] (95 %, Wilson); split by window; seed 0.'
    """
    return (
        f"Test {merit_words(result)} {merit_text(result)} (95 %, {result['interval']}); "
        f"split by {result['split']}; {seeds_of(result)}."
    )


def splits_and_seeds(runs: Sequence[Run]) -> str:
    """Return split and seeds of ``runs``, once where they share them."""
    said = {run.name: f"split by {run.result['split']}; {seeds_of(run.result)}" for run in runs}
    if len(set(said.values())) == 1:
        return f"{next(iter(said.values())).capitalize()}."
    return " ".join(f"{name}: {words}." for name, words in said.items())


def quantity_text(value: float, unit: str, digits: int = 4) -> str:
    """Return ``value`` in engineering notation, with the Greek letter for micro.

    Examples
    --------
    >>> quantity_text(2e-6, "s")
    '2 µs'
    """
    return re.sub(r"(?<=\d )u", "µ", text(value, unit, digits))


def event_words(event: str) -> str:
    """Return what did the work of ``event``."""
    worker = EVENTS[event].worker if event in EVENTS else ""
    return worker or event.replace("_", " ")


def duration(seconds: float) -> str:
    """Return a time as people say it.

    Examples
    --------
    >>> duration(100.0), duration(1e6), duration(31557600.0)
    ('100 s', '10⁶ s', '1 y')
    """
    if seconds >= YEAR:
        return f"{seconds / YEAR:.3g} y"
    return quantity_text(seconds, "s") if seconds < 1e3 else f"{_power(seconds)} s"


def _power(value: float) -> str:
    """Return ``value`` as a power of ten, or with four digits where it is none."""
    exponent = math.log10(value)
    if abs(exponent - round(exponent)) > 1e-9:
        return f"{value:.4g}"
    return "10" + str(round(exponent)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def listing(words: list[str]) -> str:
    """Return ``'a, b and c'``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
