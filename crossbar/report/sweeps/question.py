"""What a sweep asks, what varied, and how to run it again: known before any run is finished."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossbar.report.document import Block, Listings, Section, Tabular, Text
from crossbar.report.sweeps import tables
from crossbar.report.sweeps.quantities import measured
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.wording import listing


def pending(sweep: Sweep) -> Iterator[Section]:
    """Yield the sections of the page about a sweep of which no finished run has a number."""
    yield Section("question", "Question", (Text(question(sweep)),))
    yield Section("result", "Result", (Text(unfinished(sweep)),))
    yield Section("configuration", "What all points share", (configuration(sweep),))
    yield Section("parameters", "What varied", (Tabular(tables.varied(sweep)),))
    if len(sweep.failures):
        yield Section("failures", "Failed runs", (Tabular(tables.failures(sweep)),))
    if again := tuple(commands(sweep)):
        yield Section("again", "Run it again", again)


def question(sweep: Sweep) -> str:
    """Return what the sweep asks, as it was noted or by what varied."""
    if asked := sweep.about.get("question"):
        return str(asked)
    if sweep.metrics:
        metric = measured(sweep, sweep.metric, 0.0).words
    else:
        metric = "result" if tables.called(sweep) else ACCURACY
    if not sweep.parameters:
        return f"How much does the {metric} spread from chip to chip?"
    words = [re.split("[,;(]", sweep.fields.words(name))[0].strip() for name in sweep.parameters]
    names = [n if n == word else f"{'' if word.startswith('how ') else 'the '}{word} ({n})"
             for n, word in zip(sweep.parameters, words, strict=True)]  # fmt: skip
    return f"How does the {metric} depend on {listing(names)}?"


def unfinished(sweep: Sweep) -> str:
    """Return how many runs are missing, and how to get them."""
    counts = sweep.counts
    left, failed = counts.get("waiting", 0) + counts.get("running", 0), counts.get("failed", 0)
    texts = [f"{len(sweep.done)} of {len(sweep.frame)} runs are finished"]
    texts += [f"{failed} failed"] if failed else []
    texts += [f"{left} {'is' if left == 1 else 'are'} still to come"] if left else []
    sentence = ", ".join(texts)
    if len(sweep.done):
        sentence += (
            ": this report is about the finished ones"
            if sweep.measured
            else (", and none of these measured a number: every metric is missing or NaN")
        )
    names = list(sweep.parameters)
    points = [len(runs[names].drop_duplicates()) for runs in (sweep.frame, sweep.ended)]
    empty = points[0] - points[1] if names and len(sweep.done) else 0
    them = "has no finished run and is" if empty == 1 else "have no finished run and are"
    sentence += f". {count(empty, 'point')} {them} omitted." if empty else "."
    if left:
        sentence += " Run the command again for the rest."
    if failed:
        sentence += " With --retry-failed the command tries the failed ones again."
    return sentence


def configuration(sweep: Sweep) -> Block:
    """Return the settings that all points share."""
    settings = tables.shared(sweep)
    if settings:
        return Tabular(tables.common(settings, sweep.fields))
    return Text("Nothing was set for all points: what did not vary has its default.")


def commands(sweep: Sweep) -> Iterator[Block]:
    """Yield the command of the sweep, if it was noted, and what it does when given again."""
    if command := sweep.about.get("command"):
        again = (
            " With --retry-failed it tries the failed runs again." if len(sweep.failures) else ""
        )
        yield Text(f"The command resumes where it stopped, and runs only what is missing.{again}")
        yield Listings((str(command),))


def count(n: int, what: str) -> str:
    """Return ``'1 point'`` or ``'2 points'``."""
    return f"{n:,} {what}{'' if n == 1 else 's'}".replace(",", "\N{NARROW NO-BREAK SPACE}")
