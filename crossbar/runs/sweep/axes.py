"""Values of one parameter: lists, ranges, and the texts that stand for them on the command line."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.checks import check_fields
from crossbar.errors import ConfigError, fail, message, require_number, shown
from crossbar.toml import scalar
from crossbar.units import measured, quantity

MOST = 100_000  # values of a parameter
KIND = re.compile(r"(lin|log)(\d{0,18})")
WHOLE = re.compile(r"[-+]?\d{1,18}")


@dataclass(frozen=True)
class Range:
    """Every number between two, for samples and for searches.

    Parameters
    ----------
    low, high
        The ends, both included.
    log
        Whether ratios count instead of differences.
    unit
        Unit that the ends were given in, empty for SI.

    Examples
    --------
    >>> Range(1e-4, 1e-2, log=True).at(0.5)
    0.001
    """

    low: float = quantity(low=-1e300, high=1e300)
    high: float = quantity(low=-1e300, high=1e300)
    log: bool = False
    unit: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.low < self.high:
            got = f"{self.low:g} to {self.high:g}"
            fail("Range", "a lower end below the upper one", got, "Exchange or move the ends.")
        if self.log and self.low <= 0:
            fail("Range.low", "a number above 0 in a logarithmic range", f"{self.low:g}",
                 "Start above 0; add 0 as a value of its own: 0,1e-4:1e-1:log7.")  # fmt: skip

    def at(self, share: float) -> Any:
        """Return the value at ``share`` of the way, from 0 to 1, in the unit of the ends."""
        if self.log:
            value = math.exp(math.log(self.low) + share * math.log(self.high / self.low))
        else:
            value = self.low + share * (self.high - self.low)
        value = float(f"{value:.12g}")  # 0.30000000000000004 is nobody's value
        return f"{value!r} {self.unit}" if self.unit else value

    def grid(self, count: int) -> list[Any]:
        """Return ``count`` values from end to end, evenly spaced."""
        remedy = "Two values or more: lin2, log7; draw many with --samples."
        require_number("Range.grid", count, low=2, high=MOST, remedy=remedy)
        return [self.at(k / (count - 1)) for k in range(count)]


def values(name: str, text: str) -> list[Any] | Range:
    """Return what ``text`` gives parameter ``name``.

    Commas separate values and ranges: ``4:9`` counts 4 to 8 as Python does, ``4:17:4`` in steps,
    ``0:0.1:lin11`` are 11 values from end to end, ``1e-4:1e-1:log7`` 7 at equal ratios; ``lin`` or
    ``log`` without a number is the whole range, for samples and searches. Numbers may have units
    (``"1 uS:50 uS:log5"``), lists stand in brackets (``[128,64],[64,64]``).

    Raises
    ------
    ConfigError
        If there is no value, or a range cannot be understood.

    Examples
    --------
    >>> values("bits", "4:7,10"), values("sigma", "0,0.01:0.1:log3")
    ([4, 5, 6, 10], [0, 0.01, 0.0316227766017, 0.1])
    >>> values("sigma", "1e-4:1e-1:log")
    Range(low=0.0001, high=0.1, log=True, unit='')
    """
    values: list[Any] = []
    for part in _parts(text):
        one = _ranged(name, part) if ":" in part and _numeric(part) else [scalar(part)]
        if isinstance(one, Range):
            if len(_parts(text)) > 1:
                fail(name, "a whole range alone", repr(text), "Give its number: lin11, log7.")
            return one
        values.extend(one)
    return listed(name, values)


def listed(name: str, given: Any) -> list[Any]:
    """Return the values ``given`` from Python as a list, plain and each once.

    Raises
    ------
    ConfigError
        If there is none, or one stands twice.
    """
    if isinstance(given, (str, bytes, dict)) or not isinstance(given, Iterable):
        remedy = "Write [4, 6, 8], or range(4, 9); one value is a list of one."
        fail(name, "a list of values", shown(given), remedy)
    values = [_plain(value) for value in itertools.islice(given, MOST + 1)]
    if len(values) > MOST:
        remedy = "Take steps, 0:1000000:1000, or a range with --samples."
        fail(name, f"at most {MOST} values", "more", remedy)
    if not values:
        fail(name, "at least one value", "none", "Give some; a range a:b ends before b.")
    seen: set[str] = set()
    for value in values:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        text = repr(float(value)) if number and abs(value) < 2**53 else repr(value)  # 0 is 0.0
        if text in seen:
            fail(name, "each value once", f"{shown(value)} twice", "Leave it out.")
        seen.add(text)
    return values


def _plain(value: Any) -> Any:
    """Return ``value`` as plain numbers, texts and lists of them, as a store keeps it."""
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(inner) for inner in value)
    return value.item() if isinstance(value, np.generic) else value


def _parts(text: str) -> list[str]:
    """Return the parts of ``text`` between commas that stand outside brackets and quotes.

    Examples
    --------
    >>> _parts("[[1, 2], 3], 'a,b', c")
    ['[[1, 2], 3]', "'a,b'", 'c']
    """
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[]":
            depth += 1 if letter == "[" else -1
        elif letter == "," and not depth:
            parts.append("")
            continue
        parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _numeric(part: str) -> bool:
    """Return whether ``part`` begins like a range of numbers, and not like a path."""
    return re.match(r"\s*[-+.\d]", part) is not None


def _ranged(name: str, part: str) -> list[Any] | Range:
    """Return what a text with colons stands for."""
    ends = [piece.strip() for piece in part.split(":")]
    counts = [int(e) for e in ends if WHOLE.fullmatch(e)]
    if len(counts) == len(ends) and len(ends) in (2, 3):
        if len(counts) == 3 and counts[2] == 0:
            fail(name, "a step other than 0", repr(part), "Write 4:17:4.")
        if len(range(*counts)) > MOST:
            remedy = "Take steps, 0:1000000:1000, or a range with --samples."
            fail(name, f"at most {MOST} values", f"{len(range(*counts))}", remedy)
        return list(range(*counts))
    kind = KIND.fullmatch(ends[-1]) if len(ends) == 3 else None
    if kind is None:
        remedy = "Write 4:9 for whole numbers, 0:0.1:lin11 or 1e-4:1e-1:log7 for others."
        fail(name, "a range", repr(part), remedy)
    (low, unit), (high, other) = _number(name, ends[0]), _number(name, ends[1])
    if unit and other and unit != other:
        fail(name, "one unit at both ends", repr(part), "Write 1 uS:50 uS:log5.")
    try:
        span = Range(low, high, kind[1] == "log", unit or other)
        return span.grid(int(kind[2])) if kind[2] else span
    except ConfigError as error:
        raise ConfigError(error.message.within(name)) from None


def _number(name: str, text: str) -> tuple[float, str]:
    """Return the SI number and the unit of an end of a range."""
    try:
        return measured(text)
    except ValueError:
        raise ConfigError(
            message(name, "numbers at the ends of a range", shown(text), "Write 1e-4:1e-1:log7.")
        ) from None
