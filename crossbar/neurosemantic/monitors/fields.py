"""Fields that a monitor needs of its events."""

from __future__ import annotations

from crossbar.errors import fail
from crossbar.neurosemantic.alerts import LogEvent


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
