"""What a page is written from: the points of a sweep or of trainings, and chips looked into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from crossbar.report import limits
from crossbar.report.records import Run
from crossbar.report.sweeps.chips import chips, examples, where
from crossbar.report.sweeps.joining import CHIPS, joined
from crossbar.report.sweeps.levels import Level
from crossbar.report.sweeps.quantities import measured
from crossbar.report.sweeps.reading import read_store
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.verdict import Verdict
from crossbar.report.wording import listing
from crossbar.types import Record

BEST, REFERENCE = "best-point", "reference-point"


@dataclass(frozen=True)
class Account:
    """What is known of the runs of a page.

    Attributes
    ----------
    sweep
        Every run; of several trainings the parameter ``chips`` names them.
    trainings
        Trainings that keep their chips, the leading one first; none of a sweep.
    others
        Further points, of trainings with another figure of merit than the leading one.
    validation
        Record of circuits against behaviour, if there is one.
    """

    sweep: Sweep
    trainings: tuple[Run, ...] = ()
    others: tuple[Verdict, ...] = ()
    validation: Record | None = None

    @classmethod
    def of(cls, trainings: Sequence[Run], validation: Record | None = None) -> Account:
        """Return the account of ``trainings``, the leading one first."""
        merits = dict.fromkeys(run.merit for run in trainings)
        groups = [[run for run in trainings if run.merit == merit] for merit in merits]
        first, *others = map(_points, groups)
        return cls(first, tuple(trainings), tuple(map(Verdict, others)), validation)

    @cached_property
    def verdict(self) -> Verdict:
        """The points in order."""
        return Verdict(self.sweep)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Numbers of the runs of a sweep at its best and at its reference point."""
        best = self.verdict.run_at(self.verdict.best)
        reference = self.verdict.run_at(self.sweep.reference)
        assert best is not None  # its mean is over finished runs
        return {BEST: best} | ({REFERENCE: reference} if reference not in (None, best) else {})

    @cached_property
    def runs(self) -> Sequence[Run]:
        """The trainings, or chips at the best and at the reference point of an experiment."""
        return self.trainings or chips(self.sweep, self.numbers)

    @cached_property
    def examples(self) -> Sequence[Run]:
        """The trainings, or chips in which every value of every parameter occurs."""
        return self.trainings or chips(self.sweep, examples(self.sweep))

    @property
    def title(self) -> str:
        """The title as noted; else the trainings, or the name of the sweep and its metric."""
        sweep = self.sweep
        if self.trainings:
            return f"Analog chips that learn: {listing([run.name for run in self.trainings])}"
        noted = sweep.about.get("title")
        if noted or not sweep.metrics:
            return str(noted or sweep.name)
        return f"{sweep.name}: {measured(sweep, sweep.metric, 0.0).words}"

    def point(self, run: Run) -> dict[str, Level]:
        """Return the value of each parameter of the chips of ``run``."""
        if not self.trainings:
            return run.point
        alone = sum(other.merit == run.merit for other in self.trainings) == 1
        return {} if alone else {CHIPS: run.name}

    def limits(self) -> tuple[str, ...]:
        """Return what the numbers do not show, each sentence once, and for which runs it holds."""
        if self.trainings:
            return limits.limits(self.trainings)
        known = {run.name: run for run in self.examples}
        counted = [run.energy for run in self.examples if run.analog and run.energy]
        assumed = limits.assumed_energy(counted) if counted else ()

        def place(names: Iterable[str]) -> str:
            return where(self.sweep, [known[name] for name in names], list(known.values()))

        return (*limits.said({n: limits.general(run) for n, run in known.items()}, place), *assumed)

    def places(self) -> Iterator[tuple[Verdict, int | None, str]]:
        """Yield the points of the first screen: their verdict, their number there, and a name.

        A training whose figure of merit is no number, as where no target varies, has no number.
        """
        for run in self.trainings:
            verdict = next(v for v in (self.verdict, *self.others) if v.sweep.metric == run.merit)
            yield verdict, verdict.place(self.point(run)), run.name
        if self.trainings:
            return
        yield self.verdict, 0, f"{self.verdict.first} point"
        reference = self.verdict.place(self.sweep.reference)
        if reference and not self.sweep.sampled:  # the best one is there already
            yield self.verdict, reference, "reference point"


def _points(runs: Sequence[Run]) -> Sweep:
    """Return ``runs`` of one figure of merit as a sweep, compared if they have the same samples."""
    stores = [(read_store(run.folder), run.name) for run in runs if run.folder is not None]
    sweep, merit = joined(stores), runs[0].merit
    data = [run.result["config"]["data"] for run in runs]
    return replace(sweep, judged=merit, paired=data.count(data[0]) == len(data))
