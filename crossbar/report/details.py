"""The sections of a page for who wants to know more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from crossbar.report import description, question
from crossbar.report.account import BEST, Account
from crossbar.report.document import (
    Block,
    Bullets,
    Gallery,
    Heading,
    Listings,
    Tabular,
    Text,
)
from crossbar.report.figures import conductance, confusion, examples, learning, spikes
from crossbar.report.records import Run
from crossbar.report.sweeps import tables
from crossbar.report.sweeps.points import points
from crossbar.report.sweeps.quantities import point_text
from crossbar.report.tables import accuracy, assumptions, converters
from crossbar.report.tables import energy as energy_tables
from crossbar.report.tables.validation import circuits
from crossbar.report.wording import listing, splits_and_seeds
from crossbar.types import Record


def setup(runs: Sequence[Run]) -> Iterator[Block]:
    """Yield what trainings were, in sentences."""
    yield Text(description.REFERENCE)
    common, own = description.shared(runs)
    yield Bullets(tuple(common))
    for name, sentences in own.items():
        if sentences:
            yield Heading(name)
            yield Bullets(tuple(sentences))


def varied(account: Account) -> Iterator[Block]:
    """Yield the parameters of a sweep, and over what its means are."""
    sweep = account.sweep
    yield Tabular(tables.varied(sweep))
    if not sweep.measured:
        return
    over = [question.count(sweep.done["seed"].nunique(), "seed")]
    for name in sweep.replicates[1:]:
        what = "device draw" if name == sweep.draw else "fabricated chip"
        over.append(question.count(sweep.done[name].nunique(dropna=False), what))
    places = question.count(len(account.verdict.points), "point")
    runs = question.count(len(sweep.done), "run")
    yield Text(f"{places} with finished runs, {runs} over {listing(over)}.")
    if sweep.reference:
        first = ", the first sample" if sweep.sampled else ""
        yield Text(f"Reference point{first}: {point_text(sweep, sweep.reference)}.")


def every_point(account: Account) -> Iterator[Block]:
    """Yield the table of all points; of trainings also how they learned."""
    if not account.trainings:
        yield Tabular(points(account.verdict))
        return
    if len(account.trainings) == 1:
        return  # the first screen has it
    for verdict in (account.verdict, *account.others):
        if verdict.points.empty:
            continue  # the first screen says so
        metric = verdict.sweep.metric
        alike = [run for run in account.trainings if run.merit == metric]
        table = points(verdict)
        name = table.name if verdict is account.verdict else f"{table.name}-{metric}"
        caption = f"{table.caption} {splits_and_seeds(alike)}"
        yield Tabular(replace(table, name=name, caption=caption))
        drawn = learning.learning_together(alike)
        yield Gallery(tuple(drawn[:1] if verdict is account.verdict else drawn))


def data(runs: Sequence[Run]) -> Iterator[Block]:
    """Yield one sample a class of each kind of data."""
    shown: list[Run] = []
    for run in runs:
        if not any(np.array_equal(run.examples["images"], s.examples["images"]) for s in shown):
            shown.append(run)
            few = f"One {run.sample} a class" if run.decides else f"Some {run.sample}s"
            yield Text(f"{few}. Source: {run.result['data_source']}.")
            yield Gallery(tuple(examples.examples(run)))


def trained(run: Run) -> Iterator[Block]:
    """Yield how the chips of ``run`` learned, what they decide, and their conductances."""
    yield Tabular(accuracy.merit(run))
    figures = learning.learning(run) + ([confusion.confusion(run)] if run.decides else [])
    yield Gallery(tuple(figures), columns=3)
    if run.decides:
        yield Tabular(accuracy.decisions(run))
    if drawn := spikes.spikes(run):
        yield Heading("Spikes")
        yield Gallery(tuple(drawn))
    if not run.analog:
        return
    yield Heading("Conductances before and after training")
    yield Gallery(tuple(conductance.histograms(run)), columns=3)
    yield Gallery(tuple(conductance.maps(run)))


def published(runs: Sequence[Run]) -> Iterator[Block]:
    """Yield published networks with the trainings."""
    if runs:
        yield Tabular(energy_tables.published(runs))


def circuit(record: Record | None) -> Iterator[Block]:
    """Yield the ``record`` of circuits against behaviour, if there is one."""
    if record is not None:
        yield Text(
            "The behavioural models of this simulator and their circuits in ngspice, run on the "
            "same objects. The table is about the models, not about the runs on this page."
        )
        yield Tabular(circuits(record))


def sources(account: Account) -> Iterator[Block]:
    """Yield what numbers rest on, of each training or of each kind of device."""
    runs = account.trainings
    if not runs:
        known = {run.result["device"]: run for run in reversed([*account.runs, *account.examples])}
        runs = tuple(replace(run, name=kind) for kind, run in reversed(known.items()))
        made = list(dict.fromkeys(one.result["data_source"] for one in account.examples))
        if len(made) > 1:
            yield Text(f"Data of all points: {'; '.join(made)}.")
    for run in runs:
        yield Heading(run.name)
        yield Tabular(assumptions.sources(run))
        if run.analog:
            yield Tabular(assumptions.settings(run))
        if (ranges := converters.ranges(run)) is not None:
            yield Tabular(ranges)


def again(account: Account) -> Iterator[Block]:
    """Yield the commands and files that make the runs again."""
    if account.trainings:
        yield Listings(tuple(description.again(run) for run in account.trainings))
        return
    sweep = account.sweep
    yield from question.commands(sweep)
    if not sweep.measured:
        return
    best = account.numbers[BEST]
    given = {BEST: sweep.runs([best])[best]["settings"], "base": sweep.about.get("base")}
    texts = (f"cat > {name}.toml <<'END'\n{description.toml(settings)}END\n"
             for name, settings in given.items() if settings)  # fmt: skip
    yield Text(f"Settings of the best point (run {best}), and what all points share.")
    yield Listings(tuple(texts))


def versions(account: Account) -> Iterator[Block]:
    """Yield where and with what the runs were made, and what lies beside the page."""
    sweep = account.sweep
    if not sweep.measured:
        return
    made = [(run.name, run.result["versions"]) for run in account.trainings]
    of = "each training"
    if not made:
        of = "the first and the last run of every machine"
        ends = sweep.done.groupby("host")["run"]
        numbers = sorted({int(n) for n in (*ends.first(), *ends.last())})
        made = [(f"run {n}", run["versions"]) for n, run in sweep.runs(numbers).items()]
    total = float(sweep.frame["duration"].sum())
    yield Text(f"All runs together took {tables.spent(total)} of computing.")
    yield Tabular(tables.hosts(sweep))
    yield Tabular(tables.versions(made, of))
    yield Text(
        "Beside this page: report.md is the same as text; figures/ holds every figure as SVG and "
        "PNG with its data as CSV; tables/ every table as CSV with all digits in SI units, and as "
        "LaTeX."
    )
