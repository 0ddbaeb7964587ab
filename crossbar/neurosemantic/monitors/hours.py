"""Activity of a group at an unusual time."""

from __future__ import annotations

from typing import Any

from crossbar.neurosemantic.alerts import RATE, Alert, LogEvent, Monitor, score
from crossbar.neurosemantic.monitors.fields import hour_of, required
from crossbar.neurosemantic.probabilities import negative_binomial_tail
from crossbar.neurosemantic.statistics import HOURS, THURSDAY, hour_of_week

WARM_UP = 4 * HOURS  # hours of a group before it is judged; assumed
PRIOR_MEMBERS, PRIOR_WEEKS = 0.5, 1.0
FIRST = 24 * THURSDAY  # hour of the week of hour 0
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Group:
    """What is known of the hours of a group."""

    def __init__(self, first: int) -> None:
        self.first = first  # hour from 1970
        self.members = [0] * HOURS  # active in each hour of the week, summed over weeks
        self.spread = [0.0, 0.0]  # sums of (k - m)^2 - m and of m^2 over hours
        self.present: dict[str, int] = {}  # members in this hour, and their events
        self.alerted = False

    def expected(self, hour: int) -> tuple[float, float, int]:
        """Return the mean of members in ``hour``, its relative variance, and weeks that it has."""
        weeks = (hour - self.first) // HOURS
        shape = PRIOR_MEMBERS + self.members[(hour + FIRST) % HOURS]
        excess = max(self.spread[0], 0.0) / self.spread[1] if self.spread[1] else 0.0
        return shape / (PRIOR_WEEKS + weeks), 1.0 / shape + excess, weeks

    def close(self, hour: int) -> None:
        """Learn how many members were active in ``hour``, which is over."""
        mean, _, _ = self.expected(hour)
        active = len(self.present)
        self.spread[0] += (active - mean) ** 2 - mean
        self.spread[1] += mean**2
        self.members[(hour + FIRST) % HOURS] += active
        self.present, self.alerted = {}, False


class HoursMonitor(Monitor):
    r"""Groups of which more members are active than is usual at this hour of the week.

    Events have the fields ``user`` and ``group``. Of every group the members that are active within
    an hour are counted, so that one who works late makes no group. With S members in the same hour
    of W weeks before, their number is negative binomial, of mean
    :math:`\mu = (S + 1/2) / (W + 1)` and variance
    :math:`\mu + (\phi + 1 / (S + 1/2)) \mu^2`: the rate of the hour is not known better, and weeks
    differ by :math:`\phi`, estimated by moments from all hours of the group. A group is judged
    after four weeks (assumed), and an hour gives one alert at most.

    Parameters
    ----------
    rate
        Probability of a false alarm in an hour of a group.
    """

    kind = "hours"

    def __init__(self, *, rate: float = RATE) -> None:
        super().__init__(rate=rate)
        self.groups: dict[str, _Group] = {}
        self.hour: int | None = None

    def observe(self, event: LogEvent) -> Alert | None:
        """Count one event, and judge its group if another member is active."""
        user, group = required(event, "user", "group")
        self._advance(hour_of(event, self.hour))
        assert self.hour is not None
        one = self.groups.get(group)
        if one is None:
            one = self.groups[group] = _Group(self.hour)
        known = user in one.present
        one.present[user] = one.present.get(user, 0) + 1
        if known or one.alerted or self.hour - one.first < WARM_UP:
            return None
        return self._judge(event.time, group, one)

    def _judge(self, time: float, group: str, one: _Group) -> Alert | None:
        assert self.hour is not None
        mean, excess, weeks = one.expected(self.hour)
        active = len(one.present)
        probability = negative_binomial_tail(active, mean, excess)
        if probability > self.rate:
            return None
        one.alerted = True
        evidence = {
            "members": active,
            "events": sum(one.present.values()),
            "usual_members": mean,
            "weeks": weeks,
            "members_in_these_weeks": one.members[hour_of_week(time)],
            "dispersion": excess,
        }
        day, hour = divmod(hour_of_week(time), 24)
        reason = (
            f"{active} members of {group} are active on {DAYS[day]} at {hour}:00, where "
            f"{evidence['members_in_these_weeks']} were in {weeks} weeks together."
        )
        return Alert(time, self.kind, group, reason, score(probability), evidence)

    def _advance(self, hour: int) -> None:
        """Close all hours before ``hour``."""
        if self.hour is None:
            self.hour = hour
        while self.hour < hour:
            for one in self.groups.values():
                one.close(self.hour)
                self.tests += 1
            self.hour += 1

    def record(self) -> dict[str, Any]:
        """Return the statistics as plain values."""
        groups = {name: vars(one) for name, one in self.groups.items()}
        return {"tests": self.tests, "hour": self.hour, "groups": groups}

    def restore(self, record: dict[str, Any]) -> None:
        """Take the statistics of ``record``."""
        self.tests, self.hour, self.groups = record["tests"], record["hour"], {}
        for name, values in record["groups"].items():
            self.groups[name] = one = _Group(values["first"])
            vars(one).update(values)
