"""Streams of events that are generated, with what is planted into them."""

from crossbar.neurosemantic.streams.dns import dns_stream
from crossbar.neurosemantic.streams.hours import hours_stream
from crossbar.neurosemantic.streams.logins import login_stream
from crossbar.neurosemantic.streams.routines import routine_stream
from crossbar.neurosemantic.streams.ssh import ssh_stream
from crossbar.neurosemantic.streams.stream import GeneratedStream, Judgement

__all__ = [
    "GeneratedStream",
    "Judgement",
    "dns_stream",
    "hours_stream",
    "login_stream",
    "routine_stream",
    "ssh_stream",
]
