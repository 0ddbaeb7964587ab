"""What a page asks, what is still to come, and how to run it again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crossbar.report.document import Block, Listings, Tabular, Text
from crossbar.report.records import Run
from crossbar.report.sweeps import tables
from crossbar.report.sweeps.quantities import measured
from crossbar.report.sweeps.records import ACCURACY, Sweep
from crossbar.report.wording import listing


def trained(runs: Sequence[Run]) -> str:
    """Return what trainings ask."""
    lead = runs[0]
    classes, data = lead.result["classes"], lead.result["data"]
    what = f"distinguish {listing(classes)} by" if classes else "predict values from"
    analog = [run.name for run in runs if run.analog]
    digital = [run.name for run in runs if not run.analog]
    held = "conductances of an analog chip" if lead.analog else "digital memory"
    text = (
        f"How well does a small network {what} {data['seen']}, "
        f"when its weights are {held} and are trained there, by backpropagation"
    )
    if analog and digital:
        text += f"; and how does that compare with digital floating-point weights ({digital[0]})"
    return f"{text}?"


def swept(sweep: Sweep) -> str:
    """Return what the sweep asks, as it was noted or by what varied."""
    if asked := sweep.about.get("question"):
        return str(asked)
    if sweep.metrics:
        metric = measured(sweep, sweep.metric, 0.0).words
    else:
        metric = "result" if tables.called(sweep) else ACCURACY
    if sweep.draw and not sweep.parameters:
        return f"How certain is the {metric} where the device is known from measurements?"
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
