"""A repetitive log, generated: processes that follow routines, with late and odd lines."""

from __future__ import annotations

import numpy as np

from crossbar.checks import require_whole
from crossbar.neurosemantic.alerts import LogEvent
from crossbar.neurosemantic.streams.stream import MONDAY
from crossbar.random import Streams

ROUTINES, WORDS = 40, 60
SHORTEST, LONGEST = 5, 30  # lines of a routine
POPULARITY = 1.2  # exponent of the share of a routine by its rank
LATE, ODD = 0.05, 0.002  # shares of lines
ODD_WORDS = 1000


def routine_stream(seed: int, *, events: int = 100_000, service: str = "service") -> list[LogEvent]:
    """Return a log of at least ``events`` lines of processes that follow 40 routines.

    A routine is a list of 5 to 30 messages with intervals of 0 to 5 s. Some are far more frequent
    than others. One line in 20 comes one or two seconds late, and one in 500 is an odd message of
    1000. A process ends, and the next one begins 20 s later or more. Events have the fields pid
    and message. All numbers are assumed.

    Parameters
    ----------
    seed
        Whole number from 0.
    events
        Lines to reach, from 1.
    service
        Beginning of every message: logs of different services have no message in common.
    """
    require_whole("routine_stream.events", events, low=1, remedy="100000 is usual.")
    rng = Streams(seed)("routines", service=service)
    routines = [_routine(rng, service) for _ in range(ROUTINES)]
    shares = 1.0 / np.arange(1, ROUTINES + 1) ** POPULARITY
    shares /= shares.sum()
    log: list[LogEvent] = []
    time, pid = MONDAY, 1000
    while len(log) < events:
        for words, interval in routines[int(rng.choice(ROUTINES, p=shares))]:
            late, odd = rng.random(2)
            time += interval + (late < LATE) * int(rng.integers(1, 3))
            message = f"{service} odd {rng.integers(ODD_WORDS)}" if odd < ODD else words
            log.append(LogEvent(time, {"pid": str(pid), "message": message}))
        time += int(rng.integers(20, 1000))
        pid += 1
    return log


def _routine(rng: np.random.Generator, service: str) -> list[tuple[str, int]]:
    """Return the messages of one routine, each with the seconds before it."""
    length = int(rng.integers(SHORTEST, LONGEST + 1))
    words = rng.integers(WORDS, size=length).tolist()
    intervals = rng.choice((0, 0, 0, 1, 1, 2, 5), size=length).tolist()
    return [(f"{service} step {k}", wait) for k, wait in zip(words, intervals, strict=True)]
