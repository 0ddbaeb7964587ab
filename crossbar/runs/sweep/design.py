"""Which points a sweep has: the product of all values, values joined in pairs, or samples."""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.checks import Checked
from crossbar.errors import fail, shown
from crossbar.runs.sweep.axes import Range, listed
from crossbar.types import Floats
from crossbar.units import quantity

MOST = 200_000  # points of a sweep
RUNS = 1_000_000
Axes = Mapping[str | tuple[str, ...], Any]
Assignment = dict[str, Any]


class Sampling(ABC):
    """Which points are taken, in place of the product of all values.

    Attributes
    ----------
    count
        How many are asked for; 0 where the values say.
    """

    count: int

    @abstractmethod
    def points(self, axes: Axes) -> Iterator[Assignment]:
        """Yield the value of every name at every point."""


@dataclass(frozen=True)
class OneAtATime(Sampling):
    """Every name at its first value, then each of the other values of each name alone.

    Examples
    --------
    >>> list(OneAtATime().points({"a": [1, 2], "b": [3, 4]}))
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 3}, {'a': 1, 'b': 4}]
    """

    count: int = field(default=0, init=False)

    def points(self, axes: Axes) -> Iterator[Assignment]:
        """Yield the first values of all names, then the departures of each."""
        choices = _choices(axes)
        first = {name: value for values in choices for name, value in values[0].items()}
        yield first
        for values in choices:
            for one in values[1:]:
                yield first | one


@dataclass(frozen=True)
class Drawn(Checked, Sampling):
    """``count`` points drawn from ranges (continuously) and lists (one of the values)."""

    count: int = quantity(low=1, high=MOST)
    seed: int = quantity(0, low=0)

    @abstractmethod
    def draw(self, dimensions: int) -> Floats:
        """Return numbers in [0, 1), (count, dimensions)."""

    def points(self, axes: Axes) -> Iterator[Assignment]:
        """Yield the points that are drawn."""
        kept = {names: given if isinstance(given, Range) else listed(str(names), given)
                for names, given in axes.items()}  # fmt: skip
        for row in self.draw(len(kept)) if kept else np.empty((1, 0)):
            point: Assignment = {}
            for (names, given), share in zip(kept.items(), row, strict=True):
                if isinstance(given, Range):
                    one = given.at(share)
                else:
                    one = given[int(share * len(given))]
                point |= _assigned(names, one)
            yield point


class Sobol(Drawn):
    """The first ``count`` points of a scrambled Sobol sequence, which fill the space evenly.

    Source: SciPy's qmc. Valid for: any count; powers of two are balanced best.
    """

    def draw(self, dimensions: int) -> Floats:
        """Return numbers in [0, 1), (count, dimensions)."""
        from scipy.stats import qmc  # slow to import

        sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(self.seed))
        places: Floats = sequence.random_base2(math.ceil(math.log2(self.count)))[: self.count]
        return places


class Random(Drawn):
    """``count`` independent, uniformly distributed points."""

    def draw(self, dimensions: int) -> Floats:
        """Return numbers in [0, 1), (count, dimensions)."""
        places: Floats = np.random.default_rng(self.seed).random((self.count, dimensions))
        return places


def points(axes: Axes, sampling: Sampling | None = None) -> Iterator[Assignment]:
    """Yield the value of every name at every point, the first name varying slowest.

    Parameters
    ----------
    axes
        Values by name; a tuple of names has tuples of values, which vary together.
    sampling
        None for the product of all values, which ranges have no part in.

    Examples
    --------
    >>> list(points({"a": [1, 2], ("b", "c"): [(3, 4)]}))
    [{'a': 1, 'b': 3, 'c': 4}, {'a': 2, 'b': 3, 'c': 4}]
    >>> sorted(int(4 * p["a"]) for p in points({"a": Range(0, 1)}, Sobol(4)))
    [0, 1, 2, 3]
    """
    require_named(axes)
    if sampling is not None:
        yield from sampling.points(axes)
        return
    choices = _choices(axes)
    count = math.prod(map(len, choices))
    if count > MOST:
        remedy = "Sweep fewer values, or draw samples: --samples 1000."
        fail("sweep", f"at most {MOST} points", str(count), remedy)
    for chosen in itertools.product(*choices):
        yield {name: value for one in chosen for name, value in one.items()}


def _choices(axes: Axes) -> list[list[Assignment]]:
    """Return the values of each name, or of names joined, which a whole range does not say."""
    choices = []
    for names, given in axes.items():
        if isinstance(given, Range):
            where = names if isinstance(names, str) else ", ".join(names)
            remedy = "Say how many: lin11 or log7, or --samples 64 for all ranges together."
            fail(where, "values", "a whole range", remedy)
        choices.append([_assigned(names, value) for value in listed(str(names), given)])
    return choices


def require_named(axes: Any) -> None:
    """Raise unless ``axes`` are values by name, or by tuples of names."""
    remedy = 'Write {"device.bits": [4, 6, 8]}.'
    if not isinstance(axes, Mapping):
        fail("parameters", "values by name", shown(axes), remedy)
    for names in axes:
        each = names if isinstance(names, tuple) else (names,)
        if not all(isinstance(name, str) for name in each):
            fail("parameters", "names, or tuples of them", shown(names), remedy)


def require_runs(points: int, seeds: int) -> None:
    """Raise :class:`ConfigError` where ``points`` with ``seeds`` each are more than ``RUNS``."""
    if points * seeds > RUNS:
        got = f"{points} points with {seeds} seeds each"
        fail("sweep", f"at most {RUNS} runs", got, "Sweep fewer values, or take fewer seeds.")


def _assigned(names: str | tuple[str, ...], value: Any) -> Assignment:
    """Return ``value`` under its name, or several values under theirs."""
    if isinstance(names, str):
        return {names: value}
    if not isinstance(value, (list, tuple)) or len(value) != len(names):
        remedy = "Give as many values as names each time."
        fail(", ".join(names), f"{len(names)} values together", repr(value), remedy)
    return dict(zip(names, value, strict=True))


def zipped(axes: Axes, names: Sequence[str]) -> Axes:
    """Return ``axes`` with the lists of ``names`` varying together.

    Raises
    ------
    ConfigError
        If a name is not swept, or the lists have different lengths.

    Examples
    --------
    >>> zipped({"a": [1, 2], "b": [3, 4], "c": [5]}, ["a", "b"])
    {('a', 'b'): [(1, 3), (2, 4)], 'c': [5]}
    """
    if len(set(names)) < max(2, len(names)):
        fail("--zip", "two names or more, each once", ",".join(names), "Write --zip A,B.")
    for name in names:
        if name not in axes or isinstance(axes[name], Range):
            fail("--zip", "names that have lists of values", name, f"Add {name}=VALUES.")
    lengths = {len(axes[name]) for name in names}
    if len(lengths) > 1:
        got = ", ".join(f"{len(axes[name])} of {name}" for name in names)
        fail("--zip", "lists of one length", got, "Give as many values of each.")
    joined: dict[str | tuple[str, ...], Any] = {
        tuple(names): list(zip(*(axes[name] for name in names), strict=True))
    }
    return joined | {name: given for name, given in axes.items() if name not in names}
