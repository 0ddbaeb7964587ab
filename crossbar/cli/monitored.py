"""What `crossbar monitor` does: events from a log or a generator, alerts, a table at the end."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from crossbar import interrupts
from crossbar.cli.console import err, say, table
from crossbar.cli.options import path
from crossbar.errors import DataError, fail, message
from crossbar.neurosemantic import (
    Alert,
    EventReader,
    GeneratedStream,
    LogEvent,
    NeurosemanticNetwork,
    WorkCounts,
    stream_kind,
    watch,
)
from crossbar.neurosemantic.reading.lines import YEAR

GENERATED = "generated"


class Watching:
    """A processor of the kind ``kind``, and the events that it is given."""

    def __init__(self, kind: str, *, rate: float, source: str, seed: int, year: int | None) -> None:
        self.kind = stream_kind(kind)
        self.processor = watch(kind, rate=rate)
        self.generated: GeneratedStream | None = None
        self.reader: EventReader | None = None
        if source == GENERATED:
            if year is not None:
                fail("--year", "a log", "a generated stream", "Leave it out.")
            self.generated = self.kind.generate(seed)
        else:
            where = None if source == "-" else path(source)
            self.reader = EventReader(where, year=YEAR if year is None else year)

    def run(self, *, quiet: bool, compact: int | None) -> dict[str, Any]:
        """Take all events; print alerts as they come unless ``quiet``; return what came out."""
        events: Iterable[LogEvent] = self.reader or self.generated.events  # type: ignore[union-attr]
        alerts: list[Alert] = []
        for event in events:
            interrupts.heed()
            if event.time < self.processor.clock:
                expected = f"events from {clock(self.processor.clock)} on, where the state ends"
                remedy = "Give what comes after it."
                raise DataError(message("--load", expected, clock(event.time), remedy))
            for alert in self.processor.present(event):
                alerts.append(alert)
                if not quiet:
                    say(f"{clock(alert.time)}  {alert.score:5.1f}  {alert.subject}: {alert.reason}")
        removed = None if compact is None else self.processor.compact(compact)
        self._note()
        return self._record(alerts, removed)

    def _note(self) -> None:
        """Say what of the log was left out or changed."""
        if self.reader is not None and self.reader.skipped:
            text = f"lines are no events and were left out{self.reader.example}."
            err.print(f"crossbar: {self.reader.skipped} {text}", soft_wrap=True, markup=False)
        if self.reader is not None and self.reader.late:
            text = "events had an earlier time than one above them, and were given that one."
            err.print(f"crossbar: {self.reader.late} {text}", soft_wrap=True)

    def _record(self, alerts: list[Alert], removed: int | None) -> dict[str, Any]:
        monitor = self.processor.monitors[0]
        record: dict[str, Any] = {
            "kind": monitor.kind,
            "rate": monitor.rate,
            "tests": monitor.tests,
            "events": self.processor.events,
            "alerts": [{**alert._asdict(), "clock": clock(alert.time)} for alert in alerts],
            "networks": {name: network_record(n) for name, n in self.processor.networks.items()},
        }
        if self.reader is not None:
            record |= {"lines_left_out": self.reader.skipped, "late_events": self.reader.late}
        if removed is not None:
            record["neurons_removed"] = removed
        if self.generated is not None:
            judged = self.generated.judge(alerts)
            record["planted"] = {
                "all": len(self.generated.planted),
                "with_alert": judged.caught,
                "false_alarms": len(judged.false),
            }
        return record


def clock(time: float) -> str:
    """Return a time [s] as the clock of the log showed it."""
    return datetime.datetime.fromtimestamp(time, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")


def network_record(network: NeurosemanticNetwork) -> dict[str, Any]:
    """Return the sizes of a network and its operations."""
    store, work = network.neurons, WorkCounts.of(network)
    layers = Counter(
        layer for layer, pattern in zip(store.layers, store.patterns, strict=True) if pattern
    )
    return {
        "events": network.events,
        "symbols": len(store.symbols),
        "neurons": len(store),
        "neurons_by_layer": [layers[layer] for layer in range(1, network.layers + 1)],
        "episodes": len(network.episodes),
        "operations": work.total,
    }


def show(record: dict[str, Any]) -> None:
    """Print how much was seen, judged and remembered."""
    rows = [["events", str(record["events"])], ["tests", str(record["tests"])]]
    rows.append(["alerts", str(len(record["alerts"]))])
    if "planted" in record:
        planted = record["planted"]
        rows.append(["planted, with an alert", f"{planted['with_alert']} of {planted['all']}"])
        rows.append(["false alarms", str(planted["false_alarms"])])
    for name, network in record["networks"].items():
        rows.append([f"neurons ({name})", str(network["neurons"])])
        rows.append(["  of episodes that ended", str(network["episodes"])])
        each = network["operations"] / max(network["events"], 1)
        rows.append(["  operations an event", f"{each:.1f}"])
    if "neurons_removed" in record:
        rows.append(["neurons removed", str(record["neurons_removed"])])
    title = f"{record['kind']}: {record['rate']:g} false alarms a test if its model of events holds"
    table(title, ["", "value"], rows)
