"""The event processor: speed, exact replay, growth, operations, continual learning, alerts.

    python benchmarks/monitors.py --seeds 20
    python benchmarks/monitors.py --openssh openssh_2k.csv.gz

Speed is the time of the processor for networks and monitors together, on one thread, with the
events in memory. Alerts are judged on seeds from 0; the generators were written, and the numbers
that they assume were chosen, on seeds 100 to 119.
"""

from __future__ import annotations

import argparse
import itertools
import math
import time
from pathlib import Path

import numpy as np

from crossbar.neurosemantic import (
    STREAM_KINDS,
    AttentionHead,
    EventProcessor,
    EventReader,
    LogEvent,
    NeurosemanticNetwork,
    WorkCounts,
    attention_operations,
    by_field,
    published_operations,
    routine_stream,
    watch,
)

LINES = AttentionHead(symbol=by_field("message"), key="pid", pause=20)
TASKS = ("mail", "print", "backup", "web", "build")


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--events", type=int, default=100_000, help="of the log that is replayed")
    ours.add_argument("--seeds", type=int, default=20, help="streams of each kind that are judged")
    ours.add_argument("--kinds", nargs="*", default=list(STREAM_KINDS), help="those streams")
    ours.add_argument("--openssh", type=Path, help="log of an SSH server, whose alerts are listed")
    return ours


def remembered(
    network: NeurosemanticNetwork, count: int | None = None
) -> list[tuple[str | int, int]]:
    """Return all events of the first ``count`` episodes in order of time; None: of all."""
    replays = (network.replay(episode) for episode in network.episodes[:count])
    return sorted(itertools.chain.from_iterable(replays), key=lambda one: one[1])


def taken(events: list[LogEvent]) -> list[tuple[str | int, int]]:
    return [(event.fields["message"], int(event.time)) for event in events]


def exponent(marks: list[tuple[int, int]]) -> float:
    """Return the slope of log neurons against log events over the marks."""
    x, y = np.log(np.asarray(marks, dtype=float)).T
    return float(np.polyfit(x, y, 1)[0])


def growth(events: list[LogEvent]) -> dict[str, object]:
    """Return neurons against events, twice the same log, and whether all of it is replayed."""
    processor = EventProcessor(heads={"lines": LINES})
    network = processor.networks["lines"]
    marks, at = [], 1000
    for k, event in enumerate(events, 1):
        processor.present(event)
        if k == at or k == len(events):
            marks.append((k, len(network.neurons)))
            at *= 2
    processor.end()
    first, episodes = len(network.neurons), len(network.episodes)
    exact = remembered(network) == taken(events)
    shift = events[-1].time + 1000 - events[0].time
    for event in events:
        processor.present(event._replace(time=event.time + shift))
    processor.end()
    new = len(network.neurons) - first
    same = [e.parts for e in network.episodes[:episodes]] == [
        e.parts for e in network.episodes[episodes:]
    ]
    return {
        "marks": marks,
        "exponent": exponent([one for one in marks if one[0] >= 4000]),
        "exact": exact,
        "new at the second presentation": new,
        "same neurons": same,
    }


def compacted(events: list[LogEvent]) -> dict[str, object]:
    """Return what compaction leaves of a log that came once, and whether all is replayed."""
    processor = EventProcessor(heads={"lines": LINES})
    network = processor.networks["lines"]
    for event in events:
        processor.present(event)
    processor.end()
    removed = processor.compact()
    exact = remembered(network) == taken(events)
    return {"removed": removed, "left": len(network.neurons), "exact": exact}


def continual(events: int) -> dict[str, object]:
    """Return whether the first of five services is as it was after the last one."""
    processor = EventProcessor(heads={"lines": LINES})
    network = processor.networks["lines"]
    logs, end = [], 0.0
    for task in TASKS:
        log = routine_stream(0, events=events, service=task)
        log = [event._replace(time=event.time + end) for event in log]
        for event in log:
            processor.present(event)
        processor.end()
        logs.append((log, len(network.episodes), len(network.neurons)))
        end += log[-1].time - log[0].time + 1000
    first, count, _ = logs[0]
    replayed = remembered(network, count)
    before, episodes = len(network.neurons), len(network.episodes)
    for event in first:
        processor.present(event._replace(time=event.time + end + 1000))
    processor.end()
    again = [e.parts for e in network.episodes[episodes:]]
    return {
        "neurons after each task": [neurons for *_, neurons in logs],
        "task 1 replayed after task 5": replayed == taken(first),
        "new neurons for task 1": len(network.neurons) - before,
        "same neurons": again == [e.parts for e in network.episodes[:count]],
    }


def operations(length: int = 4000) -> dict[str, object]:
    """Return operations of ``length`` random letters, beside the published and of attention."""
    network = NeurosemanticNetwork()
    rng = np.random.default_rng(0)
    for t, letter in enumerate(rng.integers(26, size=length).tolist()):
        network.present(chr(97 + letter), t)
    network.end()
    work = WorkCounts.of(network)
    steps, whole = published_operations(length)
    return {
        "compared": work.compared,
        "looked up": work.looked_up,
        "published": round(steps),
        "with look-ups": round(whole),
        "attention": attention_operations(length),
        "attention / counted": attention_operations(length) / work.total,
        "elements into each layer": network.entered,
    }


def speed(kind: str, events: list[LogEvent]) -> float:
    """Return events a second of the kind ``kind``, the better of two turns."""
    best = math.inf
    for _ in range(2):
        processor = watch(kind)
        start = time.process_time()
        for event in events:
            processor.present(event)
        best = min(best, time.process_time() - start)
    return len(events) / best


def judged(kind: str, seeds: int) -> dict[str, int]:
    """Return planted things, those with an alert and false alarms over ``seeds``."""
    sums = dict.fromkeys(("events", "tests", "planted", "caught", "false alarms"), 0)
    for seed in range(seeds):
        stream = STREAM_KINDS[kind].generate(seed)
        monitor = STREAM_KINDS[kind].monitor()
        alerts = [alert for event in stream.events if (alert := monitor.observe(event))]
        judgement = stream.judge(alerts)
        parts = (
            len(stream.events), monitor.tests, len(stream.planted), judgement.caught,
            len(judgement.false),
        )  # fmt: skip
        sums = {name: sums[name] + part for name, part in zip(sums, parts, strict=True)}
    return sums


def openssh(path: Path) -> None:
    """Print the alerts of the log of an SSH server, and the speed with which it is read."""
    reader = EventReader(path)
    start = time.process_time()
    events = list(reader)
    print(f"read: {len(events) / (time.process_time() - start):.0f} events/s")
    print(f"processed: {speed('openssh', events):.0f} events/s")
    processor = watch("openssh")
    for event in events:
        for alert in processor.present(event):
            print(f"{alert.subject:>16} {alert.score:5.1f}  {alert.reason}", dict(alert.evidence))


def main(arguments: list[str] | None = None) -> dict[str, dict[str, object]]:
    options = parser().parse_args(arguments)
    results: dict[str, dict[str, object]] = {}
    for kind in options.kinds:
        rate = speed(kind, STREAM_KINDS[kind].generate(0).events)
        results[kind] = {"events/s": round(rate), **judged(kind, options.seeds)}
        print(kind, results[kind], flush=True)
    log = routine_stream(0, events=options.events)
    parts = (growth(log), compacted(log), continual(options.events // 5), operations())
    for name, part in zip(("growth", "compaction", "continual", "operations"), parts, strict=True):
        results[name] = part
        print(name, part)
    if options.openssh is not None:
        openssh(options.openssh)
    return results


if __name__ == "__main__":
    main()
