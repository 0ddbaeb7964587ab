"""Activity of groups in a company, generated: offices, shifts, cleaners, overtime, holidays."""

from __future__ import annotations

import numpy as np

from crossbar.neurosemantic.alerts import LogEvent
from crossbar.neurosemantic.statistics import DAY, HOUR
from crossbar.neurosemantic.streams.stream import MONDAY, GeneratedStream
from crossbar.random import Streams

GROUPS = {"sales": 16, "finance": 10, "support": 20, "plant": 18, "cleaning": 8, "it": 9}
WEEKS = 20
EARLIEST = 12  # week of the first attack
HOLIDAYS = 3


def hours_stream(seed: int) -> GeneratedStream:
    """Return 20 weeks of activity of 81 people in six groups, with two attacks in the last weeks.

    Sales and finance keep office hours, some of them late. Support works Saturdays by turns, the
    plant in three shifts that rotate, cleaners come early, IT is on call. People join and take
    leave, and holidays empty the offices. In an attack the accounts of 6 to 9 members of an office
    are used within one hour of the night. All numbers are assumed.

    Parameters
    ----------
    seed
        Whole number from 0.
    """
    rng = Streams(seed)("hours")
    holidays = set(
        (rng.integers(WEEKS, size=HOLIDAYS) * 7 + rng.integers(5, size=HOLIDAYS)).tolist()
    )
    events = []
    for group, members in GROUPS.items():
        for k in range(members):
            first = int(rng.integers(1, WEEKS)) if rng.random() < 0.1 else 0
            leave = set(rng.integers(WEEKS, size=2).tolist())
            for week in range(first, WEEKS):
                if week not in leave:
                    events += _week(group, k, week, holidays, rng)
    planted = []
    for week in np.sort(rng.choice(np.arange(EARLIEST, WEEKS), 2, replace=False)).tolist():
        attack = _attack(week, rng)
        events += attack
        planted.append((attack[0].time, attack[0].fields["group"]))
    events.sort(key=lambda event: event.time)
    return GeneratedStream(events, planted)


def _week(
    group: str, member: int, week: int, holidays: set[int], rng: np.random.Generator
) -> list[LogEvent]:
    """Return the events of one member in one week."""
    events = []
    for day in range(7):
        free = day > 4 or 7 * week + day in holidays
        span = _span(group, member, week, day, free, rng)
        if span is None:
            continue
        begin, hours = span
        times = begin + hours * rng.random(1 + rng.poisson(1.1 * hours))
        if rng.random() < 0.02:  # one who works late
            times = np.append(times, begin + hours + 4 * rng.random(6))
        midnight = MONDAY + (7 * week + day) * DAY
        fields = {"user": f"{group}-{member}", "group": group}
        events += [LogEvent(round(midnight + HOUR * t), fields) for t in times.tolist()]
    return events


def _span(
    group: str, member: int, week: int, day: int, free: bool, rng: np.random.Generator
) -> tuple[float, float] | None:
    """Return when a member begins to work and for how many hours [h], None on a free day."""
    if group == "plant":
        shift = (member + week) % 3
        return (6.0 + 8 * shift, 8.0) if rng.random() < 0.7 else None
    if group == "it" and rng.random() < 0.04:  # on call, at any hour
        return 24 * rng.random(), 1.5
    if group == "support" and day == 5:
        return (9.0, 6.0) if (member + week) % 5 == 0 else None
    if free or rng.random() < 0.05:
        return None
    if group == "cleaning":
        return 4.8 + 0.5 * rng.random(), 3.0
    return 7.0 + 2 * rng.random(), 8.5


def _attack(week: int, rng: np.random.Generator) -> list[LogEvent]:
    """Return events of several accounts of an office within one hour of the night."""
    group = ("sales", "finance", "support")[int(rng.integers(3))]
    accounts = rng.permutation(min(GROUPS[group], 10))[: int(rng.integers(6, 10))]
    start = MONDAY + (7 * week + int(rng.integers(7))) * DAY + (1 + int(rng.integers(3))) * HOUR
    times = np.sort(rng.integers(60, HOUR - 60, 3 * len(accounts)))
    return [
        LogEvent(
            float(start + time), {"user": f"{group}-{accounts[k % len(accounts)]}", "group": group}
        )
        for k, time in enumerate(times.tolist())
    ]
