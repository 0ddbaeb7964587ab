"""The sections of the page, from the records of the runs; the leading run comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from crossbar.report import description, robustness
from crossbar.report.document import (
    Block,
    Bullets,
    Fact,
    Facts,
    Figures,
    Gallery,
    Heading,
    Listings,
    Section,
    Tabular,
    Text,
)
from crossbar.report.facts import difference, merit_fact
from crossbar.report.figures import conductance, confusion, energy, examples, learning
from crossbar.report.limits import assumed_share, limits
from crossbar.report.records import Run
from crossbar.report.tables import accuracy, assumptions, converters, latency
from crossbar.report.tables import energy as energy_tables
from crossbar.report.tables.table import Cell, Table, columns
from crossbar.report.tables.validation import circuits
from crossbar.report.wording import chosen, listing, quantity_text
from crossbar.types import Record


def sections(runs: Sequence[Run], validation: Record | None = None) -> Iterator[Section]:
    """Yield the sections in their order; ``validation`` is the record of circuits, if any."""
    yield Section("result", "Result", tuple(_result(runs)))
    if shown := tuple(_robustness(runs)):
        yield Section("robustness", "Robustness", shown)
    yield Section("limits", "Limits", (Bullets(limits(runs)),))
    for key, title, blocks in _details(runs, validation):
        if shown := tuple(blocks):
            yield Section(key, title, shown, folded=True)


def _details(
    runs: Sequence[Run], validation: Record | None
) -> Iterator[tuple[str, str, Iterator[Block]]]:
    """Yield key, title and blocks of the sections for who wants to know more."""
    yield "setup", "What was run", _setup(runs)
    if len(runs) > 1:
        yield "comparison", "All runs together", _comparison(runs)
    yield "data", "What the chip is given", _data(runs)
    for run in runs:
        yield f"run-{run.name}", f"Run {run.name}", _run(run)
    yield "energy", "Energy and latency", _energy(runs)
    yield "published", "Beside published networks", _published(runs)
    if validation is not None:
        yield "circuits", "Circuit against behaviour", _circuits(validation)
    yield "assumptions", "Assumptions and sources", _assumptions(runs)
    yield "versions", "Versions and files", _versions(runs)


def _result(runs: Sequence[Run]) -> Iterator[Block]:
    lead = runs[0]
    yield Text(description.question(runs))
    facts = [merit_fact(run) for run in runs]
    if lead.analog and lead.energy:
        figures = lead.energy["physical"]
        assumed = 100 * assumed_share(lead.energy, "inference")
        facts.append(
            Fact(
                f"energy of an inference, {lead.name}",
                quantity_text(figures["energy_inference"], "J", 3),
                f"as counted on the simulated chip; {assumed:.0f} % of it rests on assumed costs"
                + chosen(lead.energy),
            )
        )
    yield Facts(tuple(facts))
    for run in runs[1:]:
        if sentence := difference(lead, run):
            yield Text(sentence)
    alike = [run for run in runs if run.merit == lead.merit]
    yield Gallery(tuple(learning.learning_together(alike)[1:]))


def _setup(runs: Sequence[Run]) -> Iterator[Block]:
    yield Text(description.REFERENCE)
    common, own = description.shared(runs)
    yield Bullets(tuple(common))
    for name, sentences in own.items():
        if sentences:
            yield Heading(name)
            yield Bullets(tuple(sentences))
    yield Heading("Run it again")
    yield Listings(tuple(description.again(run) for run in runs))


def _comparison(runs: Sequence[Run]) -> Iterator[Block]:
    for merit in dict.fromkeys(run.merit for run in runs):
        alike = [run for run in runs if run.merit == merit]
        yield Tabular(accuracy.comparison(alike))
        drawn = learning.learning_together(alike)
        yield Gallery(tuple(drawn[:1] if merit == runs[0].merit else drawn))


def _data(runs: Sequence[Run]) -> Iterator[Block]:
    shown: list[Run] = []
    for run in runs:
        if not any(np.array_equal(run.examples["images"], s.examples["images"]) for s in shown):
            shown.append(run)
            yield Text(f"{_few(run)}. Source: {run.result['data_source']}.")
            yield Gallery(tuple(examples.examples(run)))


def _few(run: Run) -> str:
    """Return which samples are shown."""
    return f"One {run.sample} a class" if run.result["classes"] else f"Some {run.sample}s"


def _run(run: Run) -> Iterator[Block]:
    yield Tabular(accuracy.merit(run))
    figures = learning.learning(run) + ([confusion.confusion(run)] if run.decides else [])
    yield Gallery(tuple(figures), columns=3)
    if run.decides:
        yield Tabular(accuracy.decisions(run))
    if not run.analog:
        return
    yield Heading("Conductances before and after training")
    yield Gallery(tuple(conductance.histograms(run)), columns=3)
    yield Gallery(tuple(conductance.maps(run)))


def _robustness(runs: Sequence[Run]) -> Iterator[Block]:
    missing = [run.name for run in runs if run.analog and run.stress is None]
    if missing:
        yield Text(
            f"Omitted for {listing(missing)}: there are no tests under stress. "
            f"Make them with `crossbar stress {missing[0]}`."
        )
    alike = [run for run in runs if run.merit == runs[0].merit]
    tests = robustness.stressed(alike)
    if tests is None:
        return
    if others := robustness.reprogrammed(tests):
        yield Text(
            f"{listing(others)}: trained weights, programmed into new cells of that device and not "
            "trained further. They use its whole range, while a chip that learns keeps room for "
            "weights to grow. So faults and noise relative to the range affect them less."
        )
    yield Figures(tuple(robustness.pictures(tests, alike[0].merit)))
    for table in robustness.tables(tests, alike[0].merit):
        yield Tabular(table)


def _energy(runs: Sequence[Run]) -> Iterator[Block]:
    counted = [(run, run.energy) for run in runs if run.analog and run.energy is not None]
    for run in runs:
        if not run.analog:
            yield Text(
                f"{run.name} has digital weights: its energy is that of the convention digital."
            )
        elif run.energy is None:
            yield Text(f"Omitted for {run.name}: its signals diverge when it learns.")
    if not counted:
        return
    yield Heading("Beside Table 1")
    for group in energy_tables.alike(counted):
        yield Tabular(energy_tables.beside_table1(group))
    yield Tabular(energy_tables.conventions(counted))
    for run, record in counted:
        yield from _breakdown(run, record)
    yield Heading("Latency against copies of the convolution")
    yield Gallery(tuple(energy.latency(counted)))
    yield Tabular(latency.latency(counted))
    if any("parts" in record["latency"][0] for _, record in counted):
        yield Tabular(latency.latency_parts(counted))
    if (taken := converters.costs(counted)) is not None:
        yield Tabular(taken)


def _breakdown(run: Run, record: Record) -> Iterator[Block]:
    yield Heading(f"Where the energy of {run.name} goes")
    phases = [p for p in ("inference", "training")
              if any(r["phase"] == p for r in record["physical"]["breakdown"])]  # fmt: skip
    yield Gallery(tuple(energy.breakdown(run, record, phase) for phase in phases))
    yield Tabular(energy_tables.breakdown(run, record))


def _published(runs: Sequence[Run]) -> Iterator[Block]:
    yield Tabular(energy_tables.published(runs))


def _circuits(record: Record) -> Iterator[Block]:
    yield Text(
        "The behavioural models of this simulator and their circuits in ngspice, run on the same "
        "objects. The table is about the models, not about the runs on this page."
    )
    yield Tabular(circuits(record))


def _assumptions(runs: Sequence[Run]) -> Iterator[Block]:
    for run in runs:
        yield Heading(run.name)
        yield Tabular(assumptions.sources(run))
        if run.analog:
            yield Tabular(assumptions.settings(run))
        if (ranges := converters.ranges(run)) is not None:
            yield Tabular(ranges)


def _versions(runs: Sequence[Run]) -> Iterator[Block]:
    names = list(dict.fromkeys(name for run in runs for name in run.result["versions"]))
    rows: list[tuple[Cell, ...]] = [
        (run.name, *(run.result["versions"].get(name, "") for name in names)) for run in runs
    ]
    yield Tabular(
        Table("versions", "Versions that each run was made with.", columns("run", *names),
              tuple(rows))
    )  # fmt: skip
    yield Text(
        "Beside this page: figures/ holds every figure as SVG and PNG with its data as CSV, "
        "tables/ every table as CSV with all digits in SI units."
    )
