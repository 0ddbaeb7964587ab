"""Where a search looks: the values of its parameters, and their places between the ends."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crossbar.errors import fail, require_number
from crossbar.runs.store import Point
from crossbar.runs.sweep.axes import Range, listed
from crossbar.runs.sweep.design import Assignment, require_named
from crossbar.runs.sweep.target import Target
from crossbar.units import measured

Place = tuple[float, ...]  # of each parameter, the share of its range or the index of its value
NEAR = 1e-9  # of a range, that a value read back may lie outside


@dataclass(frozen=True)
class Axis:
    """The values of one parameter, in order.

    Attributes
    ----------
    name
        Dotted name, as the store has it.
    given
        A range, or values: numbers in rising order, others as they were given.
    marks
        The values of a list, or the two ends of a range, as the store has them.
    """

    name: str
    given: Range | list[Any]
    marks: tuple[Any, ...]

    @property
    def size(self) -> int | None:
        """Number of values; None for a range."""
        return None if isinstance(self.given, Range) else len(self.given)

    @property
    def ordered(self) -> bool:
        """Whether the values are numbers."""
        return all(_is_number(mark) for mark in self.marks)

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers of a list."""
        return self.size is not None and all(type(mark) is int for mark in self.marks)

    @property
    def last(self) -> float:
        """The place of the last value; the first has 0."""
        return 1.0 if self.size is None else self.size - 1.0

    def value(self, place: float) -> Any:
        """Return the value at ``place``."""
        return self.given.at(place) if isinstance(self.given, Range) else self.given[int(place)]

    def place(self, mark: Any) -> float | None:
        """Return where ``mark``, a value of the store, stands; None if it stands nowhere."""
        if not isinstance(self.given, Range):
            mark = None if mark != mark else mark  # what is missing in a table is NaN
            for k, one in enumerate(self.marks):
                if one == mark and isinstance(one, bool) == isinstance(mark, bool):
                    return float(k)
            return None
        if not _is_number(mark) and not isinstance(mark, str):
            return None
        low, high, here = (number(self.name, m) for m in (*self.marks, mark))
        if self.given.log:
            share = math.log(here / low) / math.log(high / low) if here > 0 else -1.0
        else:
            share = (here - low) / (high - low)
        return min(max(share, 0.0), 1.0) if -NEAR <= share <= 1 + NEAR else None


class Space:
    """All points that a search may try.

    Parameters
    ----------
    kind
        What runs at every point.
    axes
        Values by dotted name: lists, or whole ranges.

    Raises
    ------
    ConfigError
        If there is no parameter or no value, or a name or a value cannot be.
    """

    def __init__(self, kind: Target, axes: Mapping[str, Any]) -> None:
        require_named(axes)
        if not axes:
            remedy = "Give some: device.bits=4:10 device.sigma_read=1e-3:1e-1:log."
            fail("search", "settings to search", "none", remedy)
        given = {name: _sorted(name, one) for name, one in axes.items()}
        first = {name: one.at(0.0) if isinstance(one, Range) else one[0]
                 for name, one in given.items()}  # fmt: skip
        stored = dict(zip(given, kind.point(first).parameters, strict=True))
        self.kind = kind
        self.axes = tuple(_axis(kind, first, name, stored[name], given[name]) for name in given)
        self.aliases = stored

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names, as the store has them."""
        return tuple(axis.name for axis in self.axes)

    @property
    def size(self) -> int | None:
        """Number of points; None where there is a range."""
        sizes = [axis.size for axis in self.axes]
        return None if None in sizes else math.prod(s for s in sizes if s is not None)

    def assignment(self, place: Place) -> Assignment:
        """Return the value of every parameter at ``place``."""
        return {a.name: a.value(p) for a, p in zip(self.axes, place, strict=True)}

    def key(self, place: Place) -> str:
        """Return what two places have in common that give the same values."""
        return repr(list(self.assignment(place).values()))

    def point(self, place: Place) -> Point:
        """Return the point at ``place``, as the store takes it."""
        return self.kind.point(self.assignment(place))

    def place(self, row: Mapping[str, Any]) -> Place | None:
        """Return where the parameters in ``row`` stand; None if outside."""
        shares = []
        for axis in self.axes:
            place = axis.place(row.get(axis.name, math.nan))
            if place is None:
                return None
            shares.append(place)
        return tuple(shares)

    def at(self, share: Place) -> Place:
        """Return the place at ``share``, in [0, 1), of the way through every parameter."""
        return tuple(s if a.size is None else float(int(s * a.size))
                     for a, s in zip(self.axes, share, strict=True))  # fmt: skip


def number(name: str, value: Any) -> float:
    """Return ``value``, a number or a text such as ``"5 uS"``, as a number in its SI unit."""
    try:
        return measured(value)[0] if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        remedy = "Search a setting that is a number."
        fail(name, "numbers", repr(value), remedy)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _sorted(name: str, given: Any) -> Range | list[Any]:
    """Return ``given`` as a range or a list, numbers in rising order."""
    if isinstance(given, Range):
        return given
    values = listed(name, given)
    return sorted(values) if all(_is_number(one) for one in values) else values


def _axis(
    kind: Target, first: Assignment, name: str, stored: str, given: Range | list[Any]
) -> Axis:
    """Return the axis of parameter ``name``, whose every value is tried beside the ``first``."""
    ends = [given.at(0.0), given.at(1.0)] if isinstance(given, Range) else given
    marks = tuple(kind.point(first | {name: value}).parameters[stored] for value in ends)
    if isinstance(given, Range):
        low, high = (number(stored, mark) for mark in marks)
        require_number(stored, high, above=low, remedy="Write LOW:HIGH:lin or LOW:HIGH:log.")
    return Axis(stored, given, tuple(json.loads(json.dumps(marks))))
