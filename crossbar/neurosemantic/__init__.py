"""Neurosemantic networks: what happens becomes neurons, and monitors say what is unusual.

An event processor takes a stream of events once, in order. Its networks keep every episode as
neurons for patterns in time, from which it is replayed exactly; its monitors keep statistics that
every event updates.
"""

from crossbar.neurosemantic.alerts import Alert, LogEvent, Monitor
from crossbar.neurosemantic.complexity import (
    WorkCounts,
    attention_operations,
    published_operations,
)
from crossbar.neurosemantic.heads import AttentionHead, RecursiveHead, by_field
from crossbar.neurosemantic.kinds import STREAM_KINDS, StreamKind, stream_kind, watch
from crossbar.neurosemantic.monitors import DnsMonitor, FailureMonitor, HoursMonitor, LoginMonitor
from crossbar.neurosemantic.network import Episode, NeurosemanticNetwork
from crossbar.neurosemantic.patterns import PatternStore
from crossbar.neurosemantic.processor import EventProcessor
from crossbar.neurosemantic.reading import EventReader, template
from crossbar.neurosemantic.statistics import Novelty, OnlineMoments, SymbolFrequencies
from crossbar.neurosemantic.streams import (
    GeneratedStream,
    Judgement,
    dns_stream,
    hours_stream,
    login_stream,
    routine_stream,
    ssh_stream,
)

__all__ = [
    "STREAM_KINDS",
    "Alert",
    "AttentionHead",
    "DnsMonitor",
    "Episode",
    "EventProcessor",
    "EventReader",
    "FailureMonitor",
    "GeneratedStream",
    "HoursMonitor",
    "Judgement",
    "LogEvent",
    "LoginMonitor",
    "Monitor",
    "NeurosemanticNetwork",
    "Novelty",
    "OnlineMoments",
    "PatternStore",
    "RecursiveHead",
    "StreamKind",
    "SymbolFrequencies",
    "WorkCounts",
    "attention_operations",
    "by_field",
    "dns_stream",
    "hours_stream",
    "login_stream",
    "published_operations",
    "routine_stream",
    "ssh_stream",
    "stream_kind",
    "template",
    "watch",
]
