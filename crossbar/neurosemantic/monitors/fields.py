"""Fields that a monitor needs of its events."""

from __future__ import annotations

from crossbar.errors import fail, shown
from crossbar.neurosemantic.alerts import LogEvent
from crossbar.neurosemantic.statistics import HOUR


def required(event: LogEvent, *names: str) -> list[str]:
    """Return the values of the fields ``names``.

    Raises
    ------
    ConfigError
        If one is missing.
    """
    fields = event.fields
    try:
        return [fields[name] for name in names]
    except KeyError:
        lacking = next(name for name in names if name not in fields)
        has = ", ".join(fields) or "none"
        fail(f"LogEvent.{lacking}", f"the fields {', '.join(names)}", has, "Name the columns so.")


def hour_of(event: LogEvent, last: int | None) -> int:
    """Return the hour of ``event``, from 1970; ``last`` is that of the event before, if any.

    Raises
    ------
    ConfigError
        If it lies before ``last``.
    """
    hour = int(event.time // HOUR)
    if last is not None and hour < last:
        expected, remedy = f"a time from {shown(last * HOUR)}", "Sort the events by time."
        fail("LogEvent.time", expected, shown(event.time), remedy)
    return hour
