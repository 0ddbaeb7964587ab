"""The sections of the page about a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from crossbar.report.description import toml
from crossbar.report.document import (
    Block,
    Bullets,
    Fact,
    Facts,
    Figures,
    Heading,
    Listings,
    Section,
    Tabular,
    Text,
)
from crossbar.report.figures.canvas import Picture
from crossbar.report.figures.energy import breakdown as energy_picture
from crossbar.report.limits import assumed_share
from crossbar.report.sweeps import tables
from crossbar.report.sweeps.chips import Chips, chips, examples, limits
from crossbar.report.sweeps.chooser import pictures
from crossbar.report.sweeps.points import points
from crossbar.report.sweeps.quantities import measured, point_text
from crossbar.report.sweeps.question import (
    commands,
    configuration,
    count,
    question,
    unfinished,
)
from crossbar.report.sweeps.records import CHIP, Sweep
from crossbar.report.sweeps.verdict import Verdict, amounts
from crossbar.report.tables import assumptions
from crossbar.report.tables import energy as energy_tables
from crossbar.report.wording import chosen, listing, quantity_text
from crossbar.types import Record

BEST, REFERENCE = "best-point", "reference-point"


@dataclass(frozen=True)
class Account:
    """What the page is written from: the sweep, its verdict, and some runs looked into."""

    sweep: Sweep

    @cached_property
    def verdict(self) -> Verdict:
        """The points in order."""
        return Verdict(self.sweep)

    @cached_property
    def runs(self) -> dict[str, int]:
        """Numbers of the runs at the best and at the reference point."""
        best = self.verdict.run_at(self.verdict.best)
        reference = self.verdict.run_at(self.sweep.reference)
        assert best is not None  # its mean is over finished runs
        return {BEST: best} | ({REFERENCE: reference} if reference not in (None, best) else {})

    @cached_property
    def chips(self) -> list[Chips]:
        """The chips of these runs, if an experiment was swept."""
        return chips(self.sweep, self.runs)

    @cached_property
    def examples(self) -> list[Chips]:
        """Chips in which every value of every parameter occurs."""
        return chips(self.sweep, examples(self.sweep))

    def sections(self) -> Iterator[Section]:
        """Yield the sections in their order."""
        sweep = self.sweep
        drawn = tuple(pictures(sweep))
        yield Section("result", "Result", tuple(self._result(drawn[:1])))
        if drawn[1:]:
            yield Section("figures", "More figures", (Figures(drawn[1:]),))
        if len(sweep.failures):
            yield Section("failures", "Failed runs", (Tabular(tables.failures(sweep)),))
        if self.chips:
            yield Section("limits", "Limits", (Bullets(limits(sweep, self.examples)),))
        for key, title, blocks in self._details():
            if shown := tuple(blocks):
                yield Section(key, title, shown, folded=True)

    def _details(self) -> Iterator[tuple[str, str, Iterable[Block]]]:
        """Yield key, title and blocks of the sections for who wants to know more."""
        yield "points", "Every point", (Tabular(points(self.verdict)),)
        yield "configuration", "What all points share", (configuration(self.sweep),)
        yield "parameters", "What varied", self._varied()
        if any(one.energy for one in self.chips):
            yield "energy", "Energy", self._energy()
        if self.chips:
            yield "assumptions", "Assumptions and sources", self._assumptions()
        yield "again", "Run it again", self._again()
        yield "versions", "Versions, machines and files", self._versions()

    def _result(self, drawn: tuple[Picture, ...]) -> Iterator[Block]:
        yield Text(question(self.sweep))
        if not self.sweep.complete:
            yield Text(unfinished(self.sweep))
        yield Facts(tuple(self._facts()))
        for sentence in self.verdict.sentences():
            yield Text(sentence)
        if drawn:
            yield Figures(drawn)

    def _facts(self) -> Iterator[Fact]:
        sweep = self.sweep
        words = measured(sweep, sweep.metric, 0.0).words
        places = [(f"{self.verdict.first} point", 0)]
        reference = self.verdict.place(sweep.reference)
        if reference and not sweep.sampled:  # the best one is there already
            places.append(("reference point", reference))
        for name, k in places:
            interval, unit = self.verdict.interval(k), self.verdict.unit
            at = point_text(sweep, self.verdict.point(k))
            mean, low, high = amounts(interval, unit)
            span = f"{low} to {high}, "
            conditions = (span if interval.known else "") + self.verdict.basis(k) + self._split()
            label = f"{words}, {name}" if at else words
            yield Fact(label, mean, f"{at}; {conditions}" if at else conditions)
        for one in self.chips[:1]:
            if one.energy and one.analog:
                physical = one.energy["physical"]["energy_inference"]
                share = 100 * assumed_share(one.energy, "inference")
                yield Fact("energy of an inference, best point", quantity_text(physical, "J", 3),
                           f"as counted on the simulated chip of run {self.runs[BEST]}; "
                           f"{share:.0f} % of it rests on assumed costs"
                           f"{chosen(one.energy)}")  # fmt: skip

    def _split(self) -> str:
        splits = dict.fromkeys(one.result["split"] for one in self.examples)
        return f"; split by {listing(list(splits))}" if splits else ""

    def _varied(self) -> Iterator[Block]:
        sweep = self.sweep
        yield Tabular(tables.varied(sweep))
        over = [count(sweep.done["seed"].nunique(), "seed")]
        if CHIP in sweep.replicates:
            over.append(count(sweep.done[CHIP].nunique(dropna=False), "fabricated chip"))
        yield Text(f"{count(len(self.verdict.points), 'point')} with finished runs, "
                   f"{count(len(sweep.done), 'run')} over {listing(over)}.")  # fmt: skip
        if sweep.reference:
            first = ", the first sample" if sweep.sampled else ""
            yield Text(f"Reference point{first}: {point_text(sweep, sweep.reference)}.")

    def _energy(self) -> Iterator[Block]:
        counted = [(one, one.energy) for one in self.chips if one.energy]
        for one, _ in counted:
            number = self.runs[one.name]
            point = point_text(self.sweep, one.point)
            words = one.name.replace("-", " ").capitalize()
            yield Text(f"{words}: run {number}{f', at {point}' if point else ''}.")
        yield Tabular(energy_tables.energies(counted))
        yield Tabular(energy_tables.conventions(counted))
        one, record = counted[0]
        if one.analog:
            spent = {r["phase"] for r in record["physical"]["breakdown"] if r["energy"] > 0}
            phases = [phase for phase in ("inference", "training") if phase in spent]
            yield Heading(f"Where the energy of the {one.name.replace('-', ' ')} goes")
            yield Figures(tuple(energy_picture(one, record, phase) for phase in phases))
            yield Tabular(energy_tables.breakdown(one, record))

    def _assumptions(self) -> Iterator[Block]:
        kinds = {one.result["device"]: one for one in reversed(self.examples)}
        for kind, one in kinds.items():
            yield Tabular(assumptions.sources(replace(one, name=str(kind))))
        data = list(dict.fromkeys(one.result["data_source"] for one in self.examples))
        if len(data) > 1:
            yield Text(f"Data of all points: {'; '.join(data)}.")
        devices = {one.result["device"]: one for one in reversed(self.chips) if one.analog}
        for one in reversed(devices.values()):
            yield Tabular(assumptions.settings(one))

    def _again(self) -> Iterator[Block]:
        about = self.sweep.about
        yield from commands(self.sweep)
        record = self.sweep.runs([self.runs[BEST]])[self.runs[BEST]]
        texts = []
        for name, settings in ((BEST, record["settings"]), ("base", about.get("base"))):
            if settings:
                texts.append(f"cat > {name}.toml <<'END'\n{toml(settings)}END\n")
        yield Text(f"Settings of the best point (run {record['run']}), and what all points share.")
        yield Listings(tuple(texts))

    def _versions(self) -> Iterator[Block]:
        sweep = self.sweep
        ends = sweep.done.groupby("host")["run"]
        numbers = sorted({int(n) for n in (*ends.first(), *ends.last())})
        records: list[Record] = list(sweep.runs(numbers).values())
        total = float(sweep.frame["duration"].sum())
        yield Text(f"All runs together took {tables.spent(total)} of computing.")
        yield Tabular(tables.hosts(sweep))
        yield Tabular(tables.versions(records))
        yield Text(
            "Beside this page: report.md is the same as text; figures/ holds every figure as SVG "
            "and PNG with its data as CSV; tables/ every table as CSV with all digits in SI "
            "units, and as LaTeX."
        )
