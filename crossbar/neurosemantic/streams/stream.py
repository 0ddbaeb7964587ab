"""A generated stream, with what was planted into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from crossbar.neurosemantic.alerts import Alert, LogEvent
from crossbar.neurosemantic.statistics import DAY

AFTER = DAY  # s from the beginning of what is planted to its alert
MONDAY = 1_704_067_200  # s, the first Monday of 2024, 0:00


class GeneratedStream(NamedTuple):
    """Events in order of time, and time [s] and subject of what is planted."""

    events: list[LogEvent]
    planted: list[tuple[float, str]]

    def judge(self, alerts: Iterable[Alert]) -> Judgement:
        """Return which of the planted things ``alerts`` say, and which alerts are false.

        An alert says what is planted if the subject is the same and it comes within ``AFTER``.
        """
        left, false = list(self.planted), []
        for alert in alerts:
            of = [one for one in left if one[1] == alert.subject
                  and 0 <= alert.time - one[0] <= AFTER]  # fmt: skip
            if of:
                left.remove(of[0])
            else:
                false.append(alert)
        return Judgement(len(self.planted) - len(left), left, false)


class Judgement(NamedTuple):
    """How many planted things have an alert, which have none, and the alerts that are false."""

    caught: int
    missed: list[tuple[float, str]]
    false: list[Alert]
