"""Kinds of streams that are monitored: monitor, heads, and a generator of an example."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from crossbar.errors import fail, nearest
from crossbar.neurosemantic.alerts import RATE, LogEvent, Monitor
from crossbar.neurosemantic.heads import AttentionHead, by_field
from crossbar.neurosemantic.monitors import DnsMonitor, FailureMonitor, HoursMonitor, LoginMonitor
from crossbar.neurosemantic.monitors.dns import split
from crossbar.neurosemantic.processor import EventProcessor
from crossbar.neurosemantic.reading.templates import template
from crossbar.neurosemantic.statistics import HOUR
from crossbar.neurosemantic.streams import (
    GeneratedStream,
    dns_stream,
    hours_stream,
    login_stream,
    ssh_stream,
)


class StreamKind(NamedTuple):
    """What is known of one kind of streams.

    Attributes
    ----------
    monitor
        Class of the monitor.
    heads
        What its networks attend to.
    generate
        What makes an example of a seed.
    """

    monitor: Callable[..., Monitor]
    heads: dict[str, AttentionHead]
    generate: Callable[[int], GeneratedStream]


def _domain(event: LogEvent) -> str | None:
    query = event.fields.get("query")
    return None if query is None else split(query)[0]


def _template(event: LogEvent) -> str | None:
    line = event.fields.get("message")
    return None if line is None else template(line)


STREAM_KINDS = {
    "logins": StreamKind(
        LoginMonitor,
        {"hosts of a day": AttentionHead(symbol=by_field("host"), key="user", tick=HOUR, pause=10)},
        login_stream,
    ),
    "hours": StreamKind(
        HoursMonitor,
        {
            "day of a member": AttentionHead(
                symbol=by_field("group"), key="user", tick=HOUR, pause=6
            )
        },
        hours_stream,
    ),
    "dns": StreamKind(
        DnsMonitor,
        {"domains of a visit": AttentionHead(symbol=_domain, key="host", tick=60.0, pause=10)},
        dns_stream,
    ),
    "openssh": StreamKind(
        FailureMonitor,
        {"lines of a process": AttentionHead(symbol=_template, key="pid", pause=600)},
        ssh_stream,
    ),
}
"""Streams by the name that `crossbar monitor --kind` takes."""


def stream_kind(name: str) -> StreamKind:
    """Return the kind of that name.

    Raises
    ------
    ConfigError
        If there is none.
    """
    if name not in STREAM_KINDS:
        known = " or ".join(STREAM_KINDS)
        fail("stream_kind.name (--kind)", known, repr(name), nearest(name, STREAM_KINDS))
    return STREAM_KINDS[name]


def watch(name: str, *, rate: float = RATE) -> EventProcessor:
    """Return a processor of the kind ``name``, with the ``rate`` of false alarms of its monitor."""
    kind = stream_kind(name)
    return EventProcessor(heads=kind.heads, monitors=[kind.monitor(rate=rate)])
