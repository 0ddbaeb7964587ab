"""Numbers and sources as ngspice reads them: engineering notation, digit for digit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from crossbar.errors import fail

LETTERS = {
    -15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "meg", 9: "g", 12: "t"
}  # fmt: skip


def number(value: float) -> str:
    """Return ``value`` in the shortest engineering notation that keeps every digit.

    Raises
    ------
    ConfigError
        If the value is not finite.

    Examples
    --------
    >>> [number(x) for x in (6e4, 3.2e-10, -0.35, 1e6, 2.5e-18)]
    ['60k', '320p', '-350m', '1meg', '2.5e-18']
    """
    if not math.isfinite(value):
        fail("number", "a finite number", repr(value), "ngspice has no word for it.")
    exact = Decimal(repr(float(value)))
    if not exact:
        return "0"
    power = 3 * (exact.adjusted() // 3)
    if power not in LETTERS:
        return repr(float(value))
    mantissa = f"{exact.scaleb(-power):f}"
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + LETTERS[power]


def parsed(text: str) -> float:
    """Return the number that ``text`` stands for; the inverse of :func:`number`.

    Examples
    --------
    >>> [parsed(text) for text in ("60k", "-350m", "1meg", "2.5e-18")]
    [60000.0, -0.35, 1000000.0, 2.5e-18]
    """
    letters = {letter: power for power, letter in LETTERS.items() if letter}
    for letter in sorted(letters, key=len, reverse=True):
        if text.endswith(letter):
            return float(Decimal(text.removesuffix(letter)).scaleb(letters[letter]))
    return float(text)


Corners = list[tuple[float, float]]
"""Times [s] and values between which a source is linear."""


def pulse(start: float, edge: float, falls: float, value: float) -> Corners:
    """Return a pulse from zero to ``value`` that begins to fall at ``falls`` [s]."""
    return [(start, 0.0), (start + edge, value), (falls, value), (falls + edge, 0.0)]


def steps(values: Sequence[float], slot: float, edge: float) -> Corners:
    """Return a source that takes each of ``values`` for a ``slot`` [s]."""
    points = [(0.0, values[0])]
    for k, (before, value) in enumerate(pairwise(values), 1):
        points += [(k * slot, before), (k * slot + edge, value)]
    return points


def pwl(points: Iterable[tuple[float, float]]) -> str:
    """Return a piecewise linear source of ``points`` (time [s], value), times to an attosecond.

    Examples
    --------
    >>> pwl([(0, 0), (2.8e-9 + 1e-24, 0.5)])
    'PWL(0 0 2.8n 500m)'
    """
    words = (f"{number(round(time, 18))} {number(value)}" for time, value in points)
    return f"PWL({' '.join(words)})"
