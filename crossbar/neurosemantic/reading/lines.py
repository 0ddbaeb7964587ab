"""Events of text: lines of syslog, and tables with a row an event."""

from __future__ import annotations

import csv
import datetime
import functools
import gzip
import io
import itertools
import math
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from crossbar.checks import require_whole
from crossbar.errors import DataError, message, shown
from crossbar.neurosemantic.alerts import LogEvent

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYSLOG = re.compile(
    r"(?:<\d+>)?(?:(?P<month>[A-Z][a-z]{2}) +(?P<day>\d+) (?P<clock>\d\d:\d\d:\d\d)"
    r"|(?P<iso>\d{4}-\d\d-\d\dT\S+)) (?P<host>\S+) "
    r"(?P<process>[^\s:\[]+)(?:\[(?P<pid>\d+)\])?: ?(?P<message>.*)"
)
MONTHS_BACK = 6  # from which a month that is earlier than the one before is of the next year
LATEST = 2e11  # s, in the year 8307; times beyond it are none
YEAR = 2000  # of lines that have none
RENAMED = {"content": "message", "timestamp": "time"}
COLUMNS = 'a column "time" (seconds, or a date as 2024-01-31T12:00:00), or "month", "day", "time"'


class EventReader:
    r"""The events of a log in order, with the number of lines that are none.

    Lines are those of syslog, ``Dec 10 06:55:46 HOST PROCESS[PID]: MESSAGE`` or with a date as in
    ``2024-12-10T06:55:46``, and events have the fields host, process, pid and message. Where the
    first line is a row of names with commas, it is a table with a row an event: the column time
    holds seconds or dates (or the columns month, day and time do), and every other one is a field.
    Bytes that are no UTF-8 are written as ``\xff``.

    Parameters
    ----------
    path
        The file, or one compressed by gzip (``.gz``); None for standard input.
    year
        Year of the first line, where lines have none. It follows the months from there.

    Attributes
    ----------
    skipped
        How many lines were no events.
    example
        Words for messages with the first of them.
    late
        How many events had a time before that of an event above them, such as in the hour that a
        clock is set back. They are given the time of that one.

    Raises
    ------
    DataError
        While it is read: if the file cannot be read, a table has no time, or no line is an event.
    """

    def __init__(self, path: Path | None, *, year: int = YEAR) -> None:
        self.path = path
        remedy = "Give the year in which the log begins."
        self.year = require_whole("EventReader.year", year, low=1970, high=9998, remedy=remedy)
        self.skipped = self.late = 0
        self.example = ""
        self._month = 0

    @property
    def name(self) -> str:
        """The name of the file in messages."""
        return str(self.path or "standard input")

    def __iter__(self) -> Iterator[LogEvent]:
        """Yield the events."""
        try:
            with self._opened() as file:
                yield from self._events(file)
        except (OSError, EOFError, zlib.error, csv.Error) as error:
            got = getattr(error, "strerror", None) or str(error)
            raise DataError(message(self.name, "a log", got, "Check the path.")) from None

    def _leave_out(self, text: str) -> None:
        """Count a line that is no event."""
        self.skipped += 1
        self.example = self.example or f", first {shown(text.rstrip())}"

    def _opened(self) -> io.TextIOWrapper:
        if self.path is None:
            return io.TextIOWrapper(sys.stdin.buffer, "utf-8", "backslashreplace")
        raw = gzip.open(self.path) if self.path.suffix == ".gz" else self.path.open("rb")  # noqa: SIM115
        return io.TextIOWrapper(raw, "utf-8-sig", "backslashreplace")

    def _events(self, file: io.TextIOWrapper) -> Iterator[LogEvent]:
        first = file.readline()
        number = 0
        if "," in first and SYSLOG.match(first) is None:
            events = self._rows(first, file)
        else:
            events = self._lines(first, file)
        last = -math.inf
        for event in events:
            number += 1
            if event.time < last:
                self.late += 1
                event = event._replace(time=last)
            last = event.time
            yield event
        if not number:
            remedy = "Give lines of syslog, or a table with a row of names."
            got = f"{self.skipped} other lines{self.example}"
            raise DataError(message(self.name, "events", got, remedy))

    def _lines(self, first: str, file: io.TextIOWrapper) -> Iterator[LogEvent]:
        """Yield the events of lines of syslog."""
        for text in itertools.chain([first] if first else [], file):
            line = SYSLOG.match(text)
            time = self._time(line) if line is not None else None
            if line is None or time is None:
                self._leave_out(text)
                continue
            names = ("host", "process", "pid", "message")
            yield LogEvent(time, {name: (line[name] or "").rstrip("\r\n") for name in names})

    def _time(self, line: re.Match[str]) -> float | None:
        if line["iso"]:
            return seconds(line["iso"])
        return self._seconds(line["month"], line["day"], line["clock"])

    def _seconds(self, month: str, day: str, clock: str) -> float | None:
        """Return the time of a date without a year [s from 1970]."""
        if month not in MONTHS:
            return None
        number = MONTHS.index(month) + 1
        if number < self._month - MONTHS_BACK:
            self.year += 1
        self._month = number
        return seconds(f"{self.year:04}-{number:02}-{day.zfill(2)}T{clock}")

    def _rows(self, first: str, file: io.TextIOWrapper) -> Iterator[LogEvent]:
        """Yield the events of rows of a table."""
        names = [
            RENAMED.get(n, n) for n in (each.strip().lower() for each in next(csv.reader([first])))
        ]
        if "time" not in names:
            remedy = "Name the columns in the first line."
            raise DataError(message(self.name, COLUMNS, ", ".join(names), remedy))
        for row in csv.reader(file):
            fields = dict(zip(names, row, strict=False))
            time = self._row_time(fields) if len(row) == len(names) else None
            if time is None:
                self._leave_out(",".join(row))
                continue
            yield LogEvent(time, fields)

    def _row_time(self, fields: dict[str, str]) -> float | None:
        clock = fields.pop("time")
        if "month" in fields and "day" in fields:
            return self._seconds(fields.pop("month"), fields.pop("day"), clock)
        return seconds(clock)


@functools.lru_cache(1024)
def seconds(text: str) -> float | None:
    """Return the time ``text``, a number or a date as in ISO 8601 [s from 1970], None if neither.

    A date without a zone is read as the clock of the log.

    Examples
    --------
    >>> seconds("1970-01-02T00:00:00"), seconds("12.5"), seconds("noon")
    (86400.0, 12.5, None)
    """
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        return number if abs(number) <= LATEST else None
    try:
        date = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=datetime.UTC)).timestamp()
