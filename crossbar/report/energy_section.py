"""The section about energy and latency."""

from __future__ import annotations

from collections.abc import Iterator

from crossbar.report.account import Account
from crossbar.report.document import Block, Figures, Gallery, Heading, Tabular, Text
from crossbar.report.figures import energy as figures
from crossbar.report.records import Run
from crossbar.report.sweeps.quantities import point_text
from crossbar.report.tables import converters, energy, latency
from crossbar.types import Record


def energy_section(account: Account) -> Iterator[Block]:
    """Yield what chips take: of trainings, or at the best and at the reference point."""
    counted = [(run, run.energy) for run in account.runs if run.energy]
    if not account.trainings:
        for run, _ in counted:
            words = run.name.replace("-", " ").capitalize()
            point = point_text(account.sweep, run.point)
            number = account.numbers[run.name]
            yield Text(f"{words}: run {number}{f', at {point}' if point else ''}.")
        if counted:
            yield Tabular(energy.energies(counted))
            yield Tabular(energy.conventions(counted))
        for run, record in counted[:1]:
            if run.analog:
                yield from _parts(run, record, f"the {run.name.replace('-', ' ')}")
        return
    for run in account.trainings:
        if not run.analog:
            yield Text(
                f"{run.name} has digital weights: its energy is that of the convention digital."
            )
        elif run.energy is None:
            yield Text(f"Omitted for {run.name}: its signals diverge when it learns.")
    counted = [(run, record) for run, record in counted if run.analog]
    if counted:
        yield from _trained(counted)


def _trained(counted: list[tuple[Run, Record]]) -> Iterator[Block]:
    """Yield the energy of trainings beside the published one, by part, and their latency."""
    yield Heading("Beside Table 1")
    for group in energy.alike(counted):
        yield Tabular(energy.beside_table1(group))
    yield Tabular(energy.conventions(counted))
    for run, record in counted:
        yield from _parts(run, record, run.name)
    yield Heading("Latency against copies of the convolution")
    yield Gallery(tuple(figures.latency(counted)))
    yield Tabular(latency.latency(counted))
    if any("parts" in record["latency"][0] for _, record in counted):
        yield Tabular(latency.latency_parts(counted))
    if (taken := converters.costs(counted)) is not None:
        yield Tabular(taken)


def _parts(run: Run, record: Record, words: str) -> Iterator[Block]:
    """Yield where the energy of ``run`` goes, which is called by ``words``."""
    spent = {row["phase"] for row in record["physical"]["breakdown"] if row["energy"] > 0}
    phases = [phase for phase in ("inference", "training") if phase in spent]
    yield Heading(f"Where the energy of {words} goes")
    yield Figures(tuple(figures.breakdown(run, record, phase) for phase in phases))
    yield Tabular(energy.breakdown(run, record))
