"""Spikes: events in time on lines, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crossbar.array_checks import real, require_finite
from crossbar.checks import require_whole
from crossbar.displayed import Displayed
from crossbar.errors import DataError, ShapeError, message
from crossbar.types import Floats, Integers, Masks


@dataclass(frozen=True, eq=False, repr=False)
class Spikes(Displayed):
    """Events that are sorted by time; of equal times the one that was given first comes first.

    Parameters
    ----------
    times : (n,) [s]
        When, from 0. Any other unit does where all times of a model have it.
    lines : (n,)
        Where: the number of a word line, a neuron or an output, from 0.
    width
        How many lines there are.

    Raises
    ------
    DataError
        If a time is NaN, infinite or negative, times go backwards, or a line does not exist.
    ShapeError
        If there is not one line a time.

    Examples
    --------
    >>> spikes = Spikes([0.001, 0.002, 0.002], [0, 2, 0], 3)
    >>> spikes.counts().tolist(), spikes.first().tolist()
    ([2, 0, 1], [0.001, inf, 0.002])
    """

    times: Floats
    lines: Integers
    width: int

    def __post_init__(self) -> None:
        require_whole("Spikes.width", self.width, low=1)
        times = real("Spikes.times", self.times).astype(np.float64)
        lines = _whole(self.lines)
        if times.ndim != 1 or times.shape != lines.shape:
            got = f"{times.shape} and {lines.shape}"
            raise ShapeError(message("Spikes.lines", "a line a time, (n,)", got, "Give one each."))
        require_finite("Spikes.times", times)
        if times.size and times[0] < 0:
            got = f"{times[0]:g} s"
            raise DataError(message("Spikes.times", "times from 0", got, "Shift the origin."))
        if (back := np.flatnonzero(np.diff(times) < 0)).size:
            got = f"{times[back[0] + 1]:g} s after {times[back[0]]:g} s"
            remedy = "Take Spikes.in_order(times, lines, width)."
            raise DataError(message("Spikes.times", "times in order", got, remedy))
        if lines.size and not 0 <= lines.min() <= lines.max() < self.width:
            expected = f"lines from 0 to {self.width - 1}"
            got = f"{lines.min()} to {lines.max()}"
            raise DataError(message("Spikes.lines", expected, got, "Set width to their number."))
        for name, array in (("times", times), ("lines", lines)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @classmethod
    def in_order(cls, times: Any, lines: Any, width: int) -> Self:
        """Return the spikes of ``times`` (n,) [s] in any order."""
        order = np.argsort(real("Spikes.times", times), kind="stable")
        return cls(np.asarray(times)[order], np.asarray(lines)[order], width)

    @classmethod
    def none(cls, width: int) -> Self:
        """Return no spikes on ``width`` lines."""
        return cls(np.empty(0), np.empty(0, np.int64), width)

    def __len__(self) -> int:
        return self.times.size

    def counts(self) -> Integers:
        """Return how many spikes each line has, (width,)."""
        return np.bincount(self.lines, minlength=self.width)

    def first(self) -> Floats:
        """Return the first time of each line, (width,) [s], infinite where there is none."""
        times = np.full(self.width, np.inf)
        times[self.lines[::-1]] = self.times[::-1]
        return times

    def on(self, line: int) -> Floats:
        """Return the times of one line [s]."""
        require_whole("Spikes.on", line, low=0, high=self.width - 1)
        times: Floats = self.times[self.lines == line]
        return times

    def where(self, kept: Masks) -> Spikes:
        """Return the spikes that ``kept`` (n,) marks."""
        return Spikes(self.times[kept], self.lines[kept], self.width)

    def followed(self, later: Spikes) -> Spikes:
        """Return these spikes and then ``later``, none of which is before the last of these."""
        if later.width != self.width:
            got = f"{later.width} lines"
            remedy = "Give the same lines."
            raise ShapeError(message("Spikes.followed", f"{self.width} lines", got, remedy))
        times = np.concatenate((self.times, later.times))
        return Spikes(times, np.concatenate((self.lines, later.lines)), self.width)


def _whole(lines: Any) -> Integers:
    """Return ``lines`` as whole numbers, or raise unless they are."""
    array = real("Spikes.lines", lines)
    if array.dtype.kind not in "iu" and array.size:
        got = f"numbers of type {array.dtype}"
        raise DataError(message("Spikes.lines", "whole numbers", got, "Convert them: astype(int)."))
    return array.astype(np.int64)
