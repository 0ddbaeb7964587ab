"""Training an experiment, seed by seed, into a run folder: a sweep of one point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from crossbar.checks import require_path
from crossbar.data import Dataset
from crossbar.errors import ConvergenceError, OutputError, fail, message
from crossbar.nn.learners.contract import prove
from crossbar.progress import Progress, reporting, shown
from crossbar.runs import build, chip_files, folder
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.metrics import Measured, values
from crossbar.runs.store import Claimed, Point, Store, places
from crossbar.runs.store.result import stored
from crossbar.runs.store.store import located
from crossbar.runs.sweep.design import Assignment
from crossbar.runs.sweep.drive import Drive
from crossbar.runs.sweep.experiments import Experiments
from crossbar.runs.sweep.progress import Standing
from crossbar.runs.sweep.sweep import opened
from crossbar.runs.sweep.task import Task, Trial
from crossbar.runs.trials import tested
from crossbar.toml import Settings
from crossbar.types import Record


@reporting
def train(plan: Experiment, out: Path | str, *, progress: Progress = shown) -> Record:
    """Train a chip for every seed of ``plan`` and return the result, which ``out`` keeps.

    A run that was stopped resumes from its last epoch; a finished one is returned as it is. With
    more seeds only the new ones are trained; one that was stopped is omitted unless it is asked
    for again. Where another process trains in ``out`` too, each takes the seeds that the other has
    not begun.

    Parameters
    ----------
    plan
        The experiment.
    out
        Folder of the run; see :mod:`crossbar.runs.folder`.
    progress
        Called with task, steps done, steps in all and a text; bars by default, nothing with
        ``False``: :mod:`crossbar.progress`.

    Raises
    ------
    OutputError
        If ``out`` holds anything else, or cannot be written.
    DataError
        If samples or records cannot be used, or are not those that a resumed training began with.
    ConvergenceError
        If training diverges. Where no epoch had ended, what ``out`` has of it is removed.
    """
    if experiment(plan.settings).configuration != plan.configuration:
        remedy = "Make it by crossbar.runs.experiment(settings)."
        fail("train.plan", "an experiment that its settings describe", "a changed one", remedy)
    out = require_path("train.out", out)
    folder.require_free(out)
    kind = Kept(plan, out)
    with folder.unless_empty(out):
        if not located(out).exists():  # what cannot be trained shows before anything is written
            kind.prepare([], lambda k, n: progress("data", k, n, ""))
        with opened(out, kind, (), {}) as kept:
            kept.add([kind.point({})], plan.common.seed)
            kept.retry()
            _forget_stopped(kept, plan.common.seed)
            if kept.unfinished():
                _trained(kind, kept, progress)
            return stored(kept, plan.common.seed)[0]


def _forget_stopped(kept: Store, seeds: Sequence[int]) -> None:
    """Forget trainings that were stopped, of other ``seeds``, unless another process is at work.

    One that always diverges would keep the others from being a finished run. Checkpoints stay.
    """
    kept.recover()
    frame = kept.frame()
    if not (frame["status"] == "running").any():
        stopped = (frame["status"] == "waiting") & (frame["attempt"] > 0)
        kept.drop(frame[stopped & ~frame["seed"].isin(seeds)]["run"].tolist())


def _trained(kind: Kept, kept: Store, progress: Progress) -> None:
    """Train the chips of ``kept`` that are missing; an error ends it."""

    def show(standing: Standing) -> None:
        if standing.idle and standing.waiting:
            progress("train", standing.done, standing.total, "another process does the rest")

    kind.prepare([], lambda k, n: progress("data", k, n, ""))
    try:
        Drive(kept, kind, show, progress=progress)()
    except ConvergenceError as error:
        kept.close()
        if folder.abandoned(kind.out):
            raise
        kept_words = f"What was learned before stays in {kind.out}."
        raise ConvergenceError(error.message.followed(kept_words)) from None


class Kept(Experiments):
    """An experiment whose chips are kept, each in a folder of its own in that of the run."""

    def __init__(self, plan: Experiment, out: Path) -> None:
        super().__init__()
        self.plan, self.out, self.seeds = plan, out, plan.common.seed
        self.base = {name: value for name, value in plan.settings.items() if name != "seed"}
        self._know(plan)
        self._proved = False

    def require_place(self, store: Path) -> None:
        """Do nothing: it is the folder of this training."""

    def require_content(self, kept: Store) -> None:
        """Raise if ``kept`` is the store of a sweep, whose runs have no chips."""
        ended = kept.counts().keys() & {"done", "failed"}
        if kept.parameters or (ended and not places.holds_run(self.out)):
            expected, got = "the folder of a training", "the store of a sweep, without its chips"
            remedy = "Choose another folder with --out."
            raise OutputError(message(str(self.out), expected, got, remedy))

    def point(self, assignment: Assignment) -> Point:
        """Return the point of the experiment; :meth:`prepare` proves it."""
        return self._point(assignment, self.base, self.plan)

    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what is to be done; see :class:`crossbar.runs.sweep.target.Target`."""
        place = places.place(self.out, claimed.seed)
        return Trial(claimed.run, claimed.seed, claimed.settings, place)

    def prepare(self, settings: list[Settings], progress: Callable[[int, int], None]) -> None:
        """Make the samples once; raise where the experiment, or what is resumed, has a mistake."""
        if self._proved:
            return
        dataset = build.samples(self.plan.common.data, progress)
        _prove(self.plan, dataset)
        for seed in self.plan.common.seed:
            parts = build.parts_of(self.plan.common.data, dataset, seed)
            chip_files.require_resumable(places.place(self.out, seed), self.plan, parts)
        self._proved = True


def _prove(plan: Experiment, dataset: Dataset) -> None:
    """Raise where ``plan`` has a mistake, before anything is written.

    Ideal lines make the chip that is tried quick. Metrics from outside have its test, and 1 for
    what is counted.
    """
    plan.common.data.repeated(dataset)
    trial = plan.with_hardware(lambda one: one.with_tile(wires=None))
    streams = plan.streams(plan.common.seed[0])
    chip = build.chip(trial, dataset.ends, streams)
    costs(plan)
    for seed in reversed(plan.common.seed):  # the first one, whose chip is tried, comes last
        parts = build.parts_of(plan.common.data, dataset, seed)
    if plan.common.train.epochs:
        prove(plan.common.learner, chip, *parts.train, plan.common.train.gamma)
    if plan.common.metrics:
        seen = tested(chip, parts, streams)
        counted = dict.fromkeys(("energy_inference", "energy_training", "latency", "cells"), 1.0)
        figures = seen.record() | {"resampling": parts.resampling} | counted
        values(Measured(seen, figures), plan.common.metrics)
