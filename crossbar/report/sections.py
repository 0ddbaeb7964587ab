"""The sections of a page in their order, and its first screen; what varied decides what applies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from crossbar.energy import assumed_share
from crossbar.report import design_section, details, question, robustness
from crossbar.report.account import Account
from crossbar.report.amounts import amounts
from crossbar.report.document import (
    Block,
    Bullets,
    Fact,
    Facts,
    Figures,
    Gallery,
    Section,
    Tabular,
    Text,
)
from crossbar.report.energy_section import energy_section
from crossbar.report.figures import learning
from crossbar.report.figures.canvas import Picture
from crossbar.report.sweeps import tables
from crossbar.report.sweeps.chooser import pictures
from crossbar.report.sweeps.pareto import ENERGY
from crossbar.report.sweeps.quantities import measured, point_text
from crossbar.report.sweeps.verdict import Verdict
from crossbar.report.wording import listing, seeds_of

Part: TypeAlias = tuple[str, str, Iterable[Block]]


def sections(account: Account) -> Iterator[Section]:
    """Yield the sections that apply; those for who wants to know more are folded."""
    for folded, parts in ((False, _first(account)), (True, _more(account))):
        for key, title, blocks in parts:
            if shown := tuple(blocks):
                yield Section(key, title, shown, folded=folded and account.sweep.measured)


def _first(account: Account) -> Iterator[Part]:
    """Yield key, title and blocks of what every reader sees."""
    sweep = account.sweep
    drawn = pictures(sweep) if sweep.measured and not account.trainings else []
    yield "result", "Result", _result(account, drawn[:1])
    if drawn[1:]:
        yield "figures", "More figures", [Figures(tuple(drawn[1:]))]
    yield "design", "What moves the best point", design_section.blocks(sweep)
    yield "robustness", "Robustness", robustness.blocks(account.trainings)
    yield (
        "failures",
        "Failed runs",
        [Tabular(tables.failures(sweep))] if len(sweep.failures) else [],
    )
    if sweep.measured and account.examples:
        yield "limits", "Limits", [Bullets(account.limits())]


def _more(account: Account) -> Iterator[Part]:
    """Yield key, title and blocks of the details."""
    sweep, trainings = account.sweep, account.trainings
    if trainings:
        yield "setup", "What was run", details.setup(trainings)
    else:
        yield "configuration", "What all points share", [question.configuration(sweep)]
        yield "parameters", "What varied", details.varied(account)
    if sweep.measured:
        title = "All runs together" if trainings else "Every point"
        yield "points", title, details.every_point(account)
        yield "data", "What the chip is given", details.data(trainings)
        for run in trainings:
            yield f"run-{run.name}", f"Run {run.name}", details.trained(run)
        heading = "Energy and latency" if trainings else "Energy"
        yield "energy", heading, energy_section(account)
        yield "published", "Beside published networks", details.published(trainings)
        yield "circuits", "Circuit against behaviour", details.circuit(account.validation)
        yield "assumptions", "Assumptions and sources", details.sources(account)
    yield "again", "Run it again", details.again(account)
    yield "versions", "Versions, machines and files", details.versions(account)


def _result(account: Account, drawn: Iterable[Picture]) -> Iterator[Block]:
    sweep, trainings = account.sweep, account.trainings
    yield Text(question.trained(trainings) if trainings else question.swept(sweep))
    if not (sweep.complete and sweep.measured):
        yield Text(question.unfinished(sweep))
    if not sweep.measured:
        return
    yield Facts(tuple(_facts(account)))
    for sentence in _differences(account) if trainings else account.verdict.sentences():
        yield Text(sentence)
    if trainings:
        alike = [run for run in trainings if run.merit == trainings[0].merit]
        yield Gallery(tuple(learning.learning_together(alike)[1:]))
    elif shown := tuple(drawn):
        yield Figures(shown)


def _differences(account: Account) -> Iterator[str]:
    """Yield how the trainings differ from the leading one, seed by seed."""
    for verdict, k, name in account.places():
        if k is not None and (change := verdict.departure(k)):
            lead, basis = account.trainings[0].name, verdict.basis(k)
            yield f"{name} differs from {lead} by {change} ({basis})."


def _facts(account: Account) -> Iterator[Fact]:
    """Yield the figure of merit of trainings, or of the points that matter, and an energy."""
    known = {run.name: run for run in account.trainings}
    for verdict, k, name in account.places():
        sweep = verdict.sweep
        words = measured(sweep, sweep.metric, 0.0).words
        words = f"test {words}" if account.examples else words  # a function has no test part
        if k is None:
            yield Fact(f"{words}, {name}", "none", "no test of it gave a number")
            continue
        interval = verdict.interval(k)
        mean, low, high = amounts(interval, verdict.unit)
        said = f"{low} to {high}, " if interval.known else ""
        said += verdict.basis(k)
        at = point_text(sweep, verdict.point(k))
        if run := known.get(name):
            held = run.result["device"] if run.analog else f"{run.result['device']}, digital"
            at = "" if name == held else held
            splits = [f"{run.result['split']}; {seeds_of(run.result)}"]
        else:
            splits = list(dict.fromkeys(one.result["split"] for one in account.examples))
        said += f"; split by {listing(splits)}" if splits else ""
        label = f"{words}, {name}" if known or at else words
        yield Fact(label, mean, f"{at}; {said}" if at else said)
    yield from _energy(account)


def _energy(account: Account) -> Iterator[Fact]:
    """Yield the energy of an inference at the best point, or of the leading training."""
    run = next(iter(account.runs), None)
    if run is None or not (run.analog and run.energy and ENERGY in account.sweep.metrics):
        return
    verdict = Verdict(replace(account.sweep, judged=ENERGY))
    place = verdict.place(account.point(run))
    if place is None:  # no chip of it could be counted
        return
    mean, low, high = amounts(interval := verdict.interval(place), "J")
    said = f"{low} to {high}, " if interval.known else ""
    share = 100 * assumed_share(run.energy, "inference")
    name, chip = run.name, f"seed {run.chips[0].seed}"
    if not account.trainings:
        name, chip = name.replace("-", " "), f"run {account.numbers[name]}"
    scaling = f"; {run.energy['scaling']}" if run.energy.get("scaling") else ""
    yield Fact(
        f"energy of an inference, {name}",
        mean,
        f"{said}{verdict.basis(place)}, as counted on the simulated chips. Of {chip}: "
        f"{share:.0f} % of it rests on assumed costs{scaling}",
    )
