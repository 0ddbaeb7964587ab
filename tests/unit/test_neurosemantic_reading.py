"""Events of logs and tables: syslog, dates, years, CSV, gzip, clocks that go back, templates."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crossbar.errors import ConfigError, DataError
from crossbar.neurosemantic import EventReader, LogEvent, template

DAY = 86400.0
SYSLOG = """\
Dec 31 23:59:58 box sshd[24]: Failed password for root from 10.0.0.1 port 22 ssh2
<34>Jan  1 00:00:01 box cron: (root) CMD (true)
no line of a log
2001-01-01T00:00:03+01:00 box kernel: [12.5] up
"""


def written(tmp_path: Path, text: str | bytes, name: str = "log") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_lines_of_syslog_become_events(tmp_path) -> None:
    reader = EventReader(written(tmp_path, SYSLOG), year=2000)
    first, second, third = reader
    assert first.fields == {
        "host": "box", "process": "sshd", "pid": "24",
        "message": "Failed password for root from 10.0.0.1 port 22 ssh2",
    }  # fmt: skip
    assert second.time - first.time == 3.0  # into the next year
    assert first.time == 11323 * DAY - 2  # days from 1970 to 2001
    assert second.fields["pid"] == ""
    assert third.fields["message"] == "[12.5] up"
    assert (reader.skipped, reader.late) == (1, 1)  # an hour east of the clock of the log
    assert third.time == second.time


def test_a_compressed_table_has_an_event_a_row(tmp_path) -> None:
    rows = 'time,host,Content\n1.5,a,"x, y"\n2024-02-29T00:00:00,b,z\nnoon,c,z\n1,2\n'
    path = written(tmp_path, gzip.compress(rows.encode()), "events.csv.gz")
    reader = EventReader(path)
    assert list(reader) == [
        LogEvent(1.5, {"host": "a", "message": "x, y"}),
        LogEvent(19782 * DAY, {"host": "b", "message": "z"}),
    ]
    assert reader.skipped == 2


def test_a_date_may_be_in_three_columns(tmp_path) -> None:
    line = "Dec,10,06:55:46,24\n"
    rows = f"month,day,time,pid\n{line}Foo,10,06:55:46,24\nDec,40,06:55:46,24\n{line}"
    reader = EventReader(written(tmp_path, rows), year=1970)
    assert list(reader) == [LogEvent(343 * DAY + 24946, {"pid": "24"})] * 2
    assert reader.skipped == 2


def test_a_time_is_a_finite_number(tmp_path) -> None:
    reader = EventReader(written(tmp_path, "time,a\nnan,1\ninf,2\n1e300,3\n-5,4\n"))
    assert list(reader) == [LogEvent(-5.0, {"a": "4"})]


def test_bytes_that_are_no_text_stay_visible(tmp_path) -> None:
    (event,) = EventReader(written(tmp_path, b"Dec 10 06:55:46 box sshd: user \xff\n"))
    assert event.fields["message"] == "user \\xff"


def test_what_is_no_log_is_refused(tmp_path) -> None:
    for text, said in (
        ("", "0 other lines"),
        ("a\nb\n", "2 other lines, first 'a'"),
        ("a,b\n1,2\n", "a, b"),
    ):
        with pytest.raises(DataError, match=f"got {said}"):
            list(EventReader(written(tmp_path, text)))
    with pytest.raises(DataError, match="got No such file"):
        list(EventReader(tmp_path / "none"))
    with pytest.raises(DataError, match="expected a log, got"):
        list(EventReader(written(tmp_path, "no gzip", "log.gz")))
    with pytest.raises(DataError, match="expected a log, got field larger than"):
        list(EventReader(written(tmp_path, 'time,a\n1,"' + "x" * 200_000)))
    with pytest.raises(ConfigError, match=r"EventReader.year: expected"):
        EventReader(None, year=1)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Invalid user bob from 10.0.0.1", "Invalid user <name> from <ip>"),
        ("Failed for invalid user a from ::1", "Failed for invalid user <name> from <name>"),
        ("error: uid=0 rhost=a.b.org retry 3", "error: uid=<value> rhost=<value> retry <number>"),
        ("map [ns.example.com]: 0x1f", "map [<host>]: <number>"),
    ],
)  # fmt: skip
def test_templates_keep_what_does_not_vary(message: str, expected: str) -> None:
    assert template(message) == expected
