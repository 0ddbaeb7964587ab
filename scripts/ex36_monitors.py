"""How many neurons does a log need, and what do monitors say of it? An event processor at work.

A repetitive log comes twice: neurons are counted, and all episodes are replayed. Four generated
streams, into which something unusual is planted, are monitored.

    python scripts/ex36_monitors.py --out runs/monitors
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gallery
import pandas as pd

from crossbar.neurosemantic import (
    STREAM_KINDS,
    Alert,
    AttentionHead,
    EventProcessor,
    GeneratedStream,
    LogEvent,
    NeurosemanticNetwork,
    by_field,
    routine_stream,
    watch,
)
from crossbar.plots.monitors import monitored

LINES = AttentionHead(symbol=by_field("message"), key="pid", pause=20)
FIRST_MARK, LATER = 500, 1000  # events; seconds between the two presentations


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--events", type=int, default=100_000, help="of the repetitive log")
    ours.add_argument("--seed", type=int, default=0)
    ours.add_argument("--kinds", nargs="+", default=list(STREAM_KINDS), help="streams to monitor")
    ours.add_argument("--out", type=Path, default=Path("runs") / "monitors", help="folder")
    return ours


def presented(processor: EventProcessor, log: list[LogEvent], shift: float) -> list[int]:
    """Return how many neurons there are at 500 events, 1000, 2000, ..., and at the end."""
    network, marks, at = processor.networks["lines"], [], FIRST_MARK
    for k, event in enumerate(log, 1):
        processor.present(event._replace(time=event.time + shift))
        if k == at:
            marks.append(len(network.neurons))
            at *= 2
    processor.end()
    return [*marks, len(network.neurons)]


def replayed(network: NeurosemanticNetwork) -> list[tuple[str | int, int]]:
    return [event for episode in network.episodes for event in network.replay(episode)]


def growth(log: list[LogEvent]) -> tuple[pd.DataFrame, bool]:
    """Return neurons against events of both presentations, and whether all of it is replayed."""
    processor = EventProcessor(heads={"lines": LINES})
    shift = log[-1].time - log[0].time + LATER
    first, again = presented(processor, log, 0.0), presented(processor, log, shift)
    events = [FIRST_MARK * 2**k for k in range(len(first) - 1)] + [len(log)]
    true = [(event.fields["message"], int(event.time + t)) for t in (0, shift) for event in log]
    table = pd.DataFrame({"events": events, "neurons": first, "again": again})
    return table, replayed(processor.networks["lines"]) == true


def watched(kind: str, seed: int) -> tuple[GeneratedStream, list[Alert]]:
    """Return the stream of ``kind`` and its alerts."""
    stream, processor = STREAM_KINDS[kind].generate(seed), watch(kind)
    return stream, [alert for event in stream.events for alert in processor.present(event)]


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    table, exact = growth(routine_stream(options.seed, events=options.events))
    print(table.to_string(index=False))
    print(f"all episodes are replayed exactly: {'yes' if exact else 'no'}")
    streams = {kind: watched(kind, options.seed) for kind in options.kinds}
    rows = []
    for kind, (stream, alerts) in streams.items():
        judged = stream.judge(alerts)
        rows.append((kind, len(stream.events), len(stream.planted), judged.caught,
                     len(judged.false)))  # fmt: skip
        for alert in alerts:
            print(f"{kind}: {alert.score:.1f}  {alert.reason}")
    gallery.keep(monitored(table, streams), options)
    return pd.DataFrame(rows, columns=["kind", "events", "planted", "caught", "false alarms"])


if __name__ == "__main__":
    main()
