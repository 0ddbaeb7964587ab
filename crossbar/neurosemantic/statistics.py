"""Statistics that are updated with every event: moments, frequencies, hours and novelty."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

HOUR, DAY = 3600, 86400
HOURS = 168  # of a week
THURSDAY = 3  # day of the week of second 0, Monday is 0


def hour_of_week(time: float) -> int:
    """Return the hour of the week of ``time`` [s from 1970], from 0, Monday 0:00.

    Examples
    --------
    >>> hour_of_week(0.0), hour_of_week(4 * DAY + 2 * HOUR)
    (72, 2)
    """
    return int(time // HOUR + 24 * THURSDAY) % HOURS


class OnlineMoments:
    """Number, mean and variance of values (B. P. Welford, Technometrics 4, 1962, 419)."""

    __slots__ = ("count", "mean", "squares")

    def __init__(self, count: int = 0, mean: float = 0.0, squares: float = 0.0) -> None:
        self.count, self.mean, self.squares = count, mean, squares

    def add(self, value: float) -> None:
        """Take one more ``value``."""
        self.count += 1
        step = value - self.mean
        self.mean += step / self.count
        self.squares += step * (value - self.mean)

    @property
    def variance(self) -> float:
        """The unbiased variance, 0 of fewer than two values."""
        return self.squares / (self.count - 1) if self.count > 1 else 0.0

    def record(self) -> list[float]:
        """Return what it is made again of."""
        return [self.count, self.mean, self.squares]


class SymbolFrequencies:
    """How often characters came, with their entropy."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.counts = Counter(counts)
        self.total = sum(self.counts.values())

    def add(self, characters: str) -> None:
        """Take ``characters``."""
        self.counts.update(characters)
        self.total += len(characters)

    def entropy(self) -> float:
        """Return the entropy of the frequencies [bit a character]."""
        if not self.total:
            return 0.0
        return -sum(c / self.total * math.log2(c / self.total) for c in self.counts.values())

    def bits(self, characters: str, alphabet: int) -> float:
        """Return the length of ``characters`` in a code for these frequencies [bit].

        The estimate of a frequency is (count + 1/2) / (total + alphabet / 2).

        **Source**: R. E. Krichevsky and V. K. Trofimov, IEEE Trans. Inf. Theory 27, 1981, 199.
        """
        get, log2 = self.counts.get, math.log2
        bits = len(characters) * log2(self.total + alphabet / 2)
        for character in characters:
            bits -= log2(get(character, 0) + 0.5)
        return bits

    def divergence(self, usual: SymbolFrequencies, alphabet: int) -> float:
        """Return the divergence of Kullback and Leibler from ``usual`` ones [bit a character]."""
        if not self.total:
            return 0.0
        whole = usual.total + alphabet / 2
        return sum(
            count / self.total
            * math.log2(count / self.total / ((usual.counts.get(symbol, 0) + 0.5) / whole))
            for symbol, count in self.counts.items()
        )  # fmt: skip


class _Subject:
    """The values of one subject, how many events and new values, and the sum of 1 / (i + theta)."""

    __slots__ = ("events", "new", "sum", "values")

    def __init__(self) -> None:
        self.events, self.new, self.sum = 0, 0, 0.0
        self.values: dict[str, int] = {}

    def theta(self, prior: float) -> float:
        """Return the concentration, where ``prior`` is the inverse of that of all subjects."""
        return (self.new + 1.0) / (self.sum + prior)


class Novelty:
    r"""Which values subjects have had, and how probable one is that a subject never had.

    The value that comes after n of a subject is new with the probability
    :math:`\theta / (n + \theta)`, as in a Chinese restaurant process: new values become rarer as a
    subject is known better. A subject to which D new values came after its first has
    :math:`\theta = (D + 1) / (\sum_{i=1}^{n-1} 1 / (i + \theta_i) + 1 / \bar\theta)`: the estimate
    of maximal likelihood, event by event, with the weight of one new value for
    :math:`\bar\theta`, that of all subjects together.

    **Source**: D. J. Aldous, Exchangeability and related topics, 1985 (the process); the estimate
    is derived, the weight of one value is assumed.
    """

    def __init__(self) -> None:
        self._subjects: dict[str, _Subject] = {}
        self._new, self._sum = 0, 0.0  # of all subjects

    def of(self, subject: str) -> _Subject:
        """Return what is known of ``subject``, nothing if it is new."""
        return self._subjects.get(subject) or _Subject()

    def theta(self, subject: str) -> float:
        """Return the concentration of ``subject``."""
        return self.of(subject).theta((self._sum + 1.0) / (self._new + 1.0))

    def new(self, subject: str) -> float:
        """Return the probability that the next value of ``subject`` is a new one that counts."""
        theta = self.theta(subject)
        return theta / (self.of(subject).events + theta)

    def tail(self, subject: str, value: str) -> float:
        """Return the probability of all values of ``subject`` that are no more usual than this."""
        theta, of = self.theta(subject), self.of(subject)
        count = of.values.get(value, 0)
        rarer = sum(each for each in of.values.values() if each <= count)
        return (theta + rarer) / (of.events + theta)

    def add(self, subject: str, value: str, *, counts: bool = True) -> None:
        """Take one more ``value`` of ``subject``; a new one that does not count is no surprise."""
        of = self._subjects.get(subject)
        if of is None:
            of = self._subjects[subject] = _Subject()
        else:
            term = 1.0 / (of.events + of.theta((self._sum + 1.0) / (self._new + 1.0)))
            of.sum += term
            self._sum += term
            if counts and value not in of.values:
                of.new += 1
                self._new += 1
        of.events += 1
        of.values[value] = of.values.get(value, 0) + 1

    def record(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        subjects = {name: [of.new, of.sum, of.values] for name, of in self._subjects.items()}
        return {"subjects": subjects, "new": self._new, "sum": self._sum}

    @classmethod
    def restored(cls, record: dict[str, Any]) -> Novelty:
        """Return what gave ``record``."""
        one = cls()
        one._new, one._sum = record["new"], record["sum"]
        for name, (new, terms, values) in record["subjects"].items():
            one._subjects[name] = of = _Subject()
            of.events, of.new, of.sum, of.values = sum(values.values()), new, terms, values
        return one
