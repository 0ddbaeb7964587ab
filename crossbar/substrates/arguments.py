"""Arguments of the port of weights, checked: vectors, events, rates, ages, matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from crossbar.array_checks import real, require_array, require_finite
from crossbar.checks import require_generator
from crossbar.devices import OLDEST, as_temperature
from crossbar.errors import ShapeError, fail, message, require_number, shown
from crossbar.types import Floats, FloatType, Rng


def as_vectors(where: str, x: Floats, lines: int, dtype: FloatType) -> Floats:
    """Return ``x`` (n, lines) or (n, positions, lines) as finite numbers of ``dtype``, or raise."""
    x = real(where, x)
    if x.ndim not in (2, 3) or x.shape[-1] != lines or not x.size:
        expected = f"shape (n, {lines}) or (n, positions, {lines})"
        raise ShapeError(message(where, expected, x.shape, "The batch axis is first."))
    if x.dtype == dtype:
        solid: Floats = np.ascontiguousarray(x)
    else:
        with np.errstate(over="ignore"):  # what is too large for single precision is not finite
            solid = np.ascontiguousarray(x, dtype)
    require_finite(where, solid)
    return solid


def as_pair(
    where: str, x: Floats, d: Floats, shape: tuple[int, int], dtype: FloatType
) -> tuple[Floats, Floats]:
    """Return signals ``x`` and gradients ``d`` of a matrix of ``shape``, or raise."""
    x = as_vectors(where, x, shape[0], dtype)
    d = as_vectors(f"{where} gradient", d, shape[1], dtype)
    if x.shape[:-1] != d.shape[:-1]:
        expected = f"a gradient {(*x.shape[:-1], shape[1])}"
        raise ShapeError(message(where, expected, d.shape, "Give one a signal."))
    return x, d


def as_events(where: str, events: Sequence[Any], lines: int, dtype: FloatType) -> Floats:
    """Return which of ``lines`` is driven in each time step, (steps, lines) of 0 and 1, or raise.

    ``events`` has the driven lines of every step, each at most once in a step.
    """
    if isinstance(events, (str, bytes)) or not isinstance(events, (Sequence, np.ndarray)):
        remedy = "Give [[0, 3], [], [1]]: the driven rows of every step."
        fail(f"{where}, events", "a list of rows for every time step", shown(events), remedy)
    if not len(events):
        fail(f"{where}, events", "at least one time step", "none", "A step may be empty: [[]].")
    listed = [np.asarray(rows) for rows in events]
    for step, rows in enumerate(listed):
        if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "iu"):
            expected = "a list of whole numbers"
            remedy = "Give numbers of rows."
            fail(f"{where}, events[{step}]", expected, shown(events[step]), remedy)
    every = np.concatenate([rows for rows in listed if rows.size] or [np.zeros(0, np.intp)])
    sizes = [rows.size for rows in listed]
    at, inside = np.repeat(np.arange(len(listed)), sizes), (every >= 0) & (every < lines)
    driven: Floats = np.zeros((len(listed), lines), dtype)
    driven[at[inside], every[inside].astype(np.intp)] = 1
    wrong = np.flatnonzero(np.count_nonzero(driven, axis=1) < sizes)
    if wrong.size:
        step, expected = int(wrong[0]), f"different rows from 0 to {lines - 1}"
        remedy = "A row is driven once in a step."
        fail(f"{where}, events[{step}]", expected, shown(listed[step].tolist()), remedy)
    return driven


def as_rate(where: str, rate: float) -> float:
    """Return the learning rate as a number, or raise unless it is finite."""
    return require_number(f"{where}, rate", rate, low=-1e30, high=1e30, remedy="0.0005 is usual.")


def as_age(where: str, seconds: float, temperature: float | None = None) -> float:
    """Return the time since programming as a number, or raise unless it can be.

    The ``temperature`` [K] of storage is looked at too, unless it is None.
    """
    remedy = "Give the seconds since programming: 3600.0."
    if temperature is not None:
        as_temperature(f"{where}.temperature", temperature)
    return require_number(f"{where}.seconds", seconds, low=0, high=OLDEST, unit="s", remedy=remedy)


def as_matrix(where: str, weights: Floats, rng: Rng) -> Floats:
    """Return ``weights`` (rows, cols) as finite numbers of double precision, or raise."""
    require_generator(where, rng)
    matrix: Floats = require_array(f"{where}.weights", weights, ("rows", "cols"))
    return matrix.astype(np.float64, copy=False)
