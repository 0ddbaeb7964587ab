"""Errors that say where, what was expected, what came, and the remedy.

Every error of the package derives from :class:`CrossbarError`, so that one ``except`` (or the
command line) can tell a mistake in the input from a defect of the program.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from typing import NoReturn


class CrossbarError(Exception):
    """Root of the errors that the package raises on purpose."""


class ConfigError(CrossbarError, ValueError):
    """A field of a specification, a key of a TOML file or an argument has a value out of range."""


class DataError(CrossbarError, ValueError):
    """A recording, a manifest, a checkpoint or another input file cannot be used."""


class ShapeError(CrossbarError, ValueError):
    """An array has another shape than the operation needs."""


class OutputError(CrossbarError, RuntimeError):
    """A result cannot be written where it was asked for."""


class SimulationError(CrossbarError, RuntimeError):
    """A circuit simulation failed, or gave something other than what was asked of it."""


class ConvergenceError(CrossbarError, RuntimeError):
    """A solver or a training did not converge; the message holds the residual or the loss."""


def message(where: str, expected: str, got: object, remedy: str) -> str:
    """Return the one-line form ``where: expected X, got Y. Remedy.`` of every error."""
    return f"{where}: expected {expected}, got {got}. {remedy}"


def fail(where: str, expected: str, got: object, remedy: str) -> NoReturn:
    """Raise :class:`ConfigError` in the form of :func:`message`."""
    raise ConfigError(message(where, expected, got, remedy))


def require_number(
    where: str,
    value: float,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    unit: str = "",
    remedy: str = "Give a value inside the range.",
) -> None:
    """Raise unless ``value`` is a number with low <= value <= high and above < value < below.

    NaN never passes; infinity only where ``high`` is infinite.
    """
    inside = (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and not math.isnan(value)
        and (math.isfinite(value) or high == math.inf)
        and (low is None or value >= low)
        and (high is None or value <= high)
        and (above is None or value > above)
        and (below is None or value < below)
    )
    if inside:
        return
    left = f"[{low:g}" if low is not None else f"({-math.inf if above is None else above:g}"
    right = f"{high:g}]" if high is not None else f"{math.inf if below is None else below:g})"
    expected = f"a number in {left}, {right}" + (f" {unit}" if unit else "")
    fail(where, expected, repr(value), remedy)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest of the ``known`` names, or lists them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(names)}."
