"""What a monitor says, and the contract of monitors."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from crossbar.errors import require_number

Evidence = Mapping[str, str | int | float]
LEAST = 1e-300  # probabilities below it have its score
RATE = 1e-6
SMALL = "A false-alarm rate is small: 1e-6 is usual."


class LogEvent(NamedTuple):
    """Something that happened: when [s, of the clock of the log], and the fields of its record."""

    time: float
    fields: Mapping[str, str]

    def get(self, field: str) -> str:
        """Return the value of ``field``, empty where the event has none."""
        return self.fields.get(field, "")


class Alert(NamedTuple):
    """What is unusual, why, and what it rests on.

    Attributes
    ----------
    time
        When [s].
    kind
        The monitor.
    subject
        What it is about: an account and a host, a group, an address.
    reason
        One sentence.
    score
        -log10 of the probability that normal events are at least as unusual.
    evidence
        The numbers that the score was computed of.
    """

    time: float
    kind: str
    subject: str
    reason: str
    score: float
    evidence: Evidence


class Monitor(ABC):
    """Statistics of a stream that every event updates, and the alerts that they give.

    Parameters
    ----------
    rate
        Probability of a false alarm a test, under the model of normal events of the monitor. The
        docstring of each says what one test is.

    Raises
    ------
    ConfigError
        If ``rate`` is outside of (0, 0.1].
    """

    kind: ClassVar[str]

    def __init__(self, *, rate: float = RATE) -> None:
        self.rate = require_number(
            f"{type(self).__name__}.rate", rate, above=0.0, high=0.1, remedy=SMALL
        )
        self.tests = 0

    @abstractmethod
    def observe(self, event: LogEvent) -> Alert | None:
        """Judge ``event`` by what came before, learn from it, and return an alert if it is one.

        Raises
        ------
        ConfigError
            If it lacks a field, or a monitor that counts hours gets one of an hour before.
        """

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """Return the statistics as plain values, from which the monitor continues exactly."""

    @abstractmethod
    def restore(self, record: dict[str, Any]) -> None:
        """Take the statistics of ``record``."""


def score(probability: float) -> float:
    """Return -log10 of ``probability``."""
    return -math.log10(max(probability, LEAST))
