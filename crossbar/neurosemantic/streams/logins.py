"""Log-ins of a company, generated: desks, meeting rooms, VPN, shifts, staff that come and go."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.neurosemantic.alerts import LogEvent
from crossbar.neurosemantic.statistics import DAY, HOUR
from crossbar.neurosemantic.streams.stream import MONDAY, GeneratedStream
from crossbar.random import Streams

OFFICES = ("sales", "finance", "legal", "design")
MEMBERS, WEEKS, LOGINS = 10, 52, 5.0
EARLIEST = 44  # week of the first attack
SETTLED = 30  # weeks that attacked accounts and hosts have been in use


@dataclass
class _Person:
    name: str
    group: str
    desk: str
    first: int = 0  # week
    last: int = WEEKS
    since: int = 0  # week from which the desk is theirs
    renewed: tuple[int, str] = field(default=(WEEKS, ""))  # week and name of a new laptop


def login_stream(seed: int) -> GeneratedStream:
    """Return a year of log-ins of 60 people in six groups, with three attacks in the last weeks.

    Office workers log in from their desks, from meeting rooms and through a pool of VPN addresses,
    some of them in the evening. The plant works in three shifts at shared terminals. IT logs in at
    desks of others, and from home at night when on call. People join (some at the desk of one who
    left), leave, swap desks within their group, and get new laptops. Attacks are log-ins at night
    of settled accounts, each of another office, from a desk of a third one. All numbers are
    assumed.

    Parameters
    ----------
    seed
        Whole number from 0.
    """
    rng = Streams(seed)("logins")
    people = _staff(rng)
    events = [each for one in people for each in _logins(one, people, rng)]
    planted = _attacks(people, rng)
    events += [event for event, _ in planted]
    events.sort(key=lambda event: event.time)
    return GeneratedStream(events, [(event.time, subject) for event, subject in planted])


def _staff(rng: np.random.Generator) -> list[_Person]:
    """Return everybody who ever works here."""
    people = []
    for group in (*OFFICES, "it", "plant"):
        joins = int(rng.integers(MEMBERS))
        for k in range(MEMBERS):
            one = _Person(f"{group}-{k}", group, f"pc-{group}-{k}")
            if rng.random() < 0.5:
                one.renewed = (int(rng.integers(2, WEEKS)), f"nb-{group}-{k}")
            if k == joins:
                one.first = one.since = int(rng.integers(2, WEEKS))
            people.append(one)
        leaver, swapped, other = (people[-1 - int(k)] for k in rng.permutation(MEMBERS)[:3])
        leaver.last = max(leaver.first, int(rng.integers(4, WEEKS - 2)))
        week = leaver.last + 1
        people.append(_Person(f"{group}-{MEMBERS}", group, leaver.desk, week, since=week))
        week = int(rng.integers(4, WEEKS))
        swapped.renewed, other.renewed = (week, other.desk), (week, swapped.desk)
    return people


def _desk(one: _Person, week: int) -> str:
    return one.renewed[1] if week >= one.renewed[0] else one.desk


def _logins(one: _Person, people: list[_Person], rng: np.random.Generator) -> list[LogEvent]:
    """Return all log-ins of ``one``."""
    events = []
    off = set(rng.integers(one.first, WEEKS + 1, 2).tolist())  # weeks of leave
    shift = int(rng.integers(3))
    for week in range(one.first, one.last):
        for day in range(7):
            works = rng.random() < (0.75 if one.group == "plant" else 0.96 if day < 5 else 0.02)
            if week in off or not works:
                continue
            start = 6 + 8 * ((shift + week) % 3) if one.group == "plant" else 7.0 + 2 * rng.random()
            midnight = MONDAY + (7 * week + day) * DAY
            for _ in range(1 + rng.poisson(LOGINS - 1)):
                hour, host = _place(one, people, week, start, rng)
                fields = {"user": one.name, "group": one.group, "host": host}
                events.append(LogEvent(round(midnight + hour * HOUR), fields))
    return events


def _place(
    one: _Person, people: list[_Person], week: int, start: float, rng: np.random.Generator
) -> tuple[float, str]:
    """Return the hour of a log-in, and its host."""
    hour, where = start + 8.5 * rng.random(), rng.random()
    if one.group == "plant":
        return start + 8 * rng.random(), f"terminal-{rng.integers(6)}"
    if one.group == "it" and where < 0.04:  # at the desk of somebody who sits there
        return 9 + 7 * rng.random(), _desk(people[int(rng.integers(len(people)))], week)
    if one.group == "it" and where < 0.12:  # on call
        return 24 * rng.random(), f"vpn-{rng.integers(4)}"
    if where < 0.80:
        return hour, _desk(one, week)
    if where < 0.90:
        return hour, f"meeting-{rng.integers(4)}"
    return min(start + 15 * rng.random() ** 0.7, 23.9), f"vpn-{rng.integers(4)}"


def _attacks(people: list[_Person], rng: np.random.Generator) -> list[tuple[LogEvent, str]]:
    """Return three log-ins from desks of others at night, each with its subject."""
    attacks: list[tuple[LogEvent, str]] = []
    weeks = np.sort(rng.choice(np.arange(EARLIEST, WEEKS), 3, replace=False)).tolist()
    for week, group in zip(weeks, rng.permutation(len(OFFICES))[:3].tolist(), strict=True):
        settled = [
            one for one in people
            if one.group in OFFICES and week - max(one.first, one.since) >= SETTLED
            and one.last > week and not week - SETTLED < one.renewed[0] <= week
        ]  # fmt: skip
        victims = [one for one in settled if one.group == OFFICES[group]]
        victim = victims[int(rng.integers(len(victims)))]
        others = [one for one in settled if one.group != victim.group]
        host = _desk(others[int(rng.integers(len(others)))], week)
        day, hour = int(rng.integers(5)), 1.5 + 3 * rng.random()
        time = round(MONDAY + (7 * week + day) * DAY + hour * HOUR)
        fields = {"user": victim.name, "group": victim.group, "host": host}
        attacks.append((LogEvent(time, fields), f"{victim.name} from {host}"))
    return attacks
