"""What a folder holds: a run with its chips, its samples and its figures, or a sweep."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd

from crossbar.data import Dataset
from crossbar.displayed import Displayed
from crossbar.errors import DataError, fail, message, nearest
from crossbar.nn import Chip
from crossbar.report import records
from crossbar.report.account import Account
from crossbar.report.figures.canvas import Picture
from crossbar.report.page import pictures
from crossbar.report.sections import sections
from crossbar.report.sweeps import Sweep, read_sweep
from crossbar.report.sweeps.reading import holds_sweep
from crossbar.runs import Experiment, build, load_plan
from crossbar.runs.store.places import holds_run
from crossbar.runs.trained import trained_chip
from crossbar.types import Record


class LoadedRun(Displayed):
    """A finished run. Chips, samples and figures are made when they are asked for.

    Attributes
    ----------
    folder
        The folder.
    records
        What training and testing left in it, as reports read it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.experiment: Experiment = load_plan(folder, [])
        self.records = records.read_run(folder)

    def __repr__(self) -> str:
        run = self.records
        merit = f"{run.merit_words} {run.result[run.merit]:.4g}"
        return f"<LoadedRun {run.name}: {run.result['device']}, seeds {self.seeds}, {merit}>"

    def _facts(self) -> dict[str, str]:
        run, (low, high) = self.records, self.result[f"{self.records.merit}_ci95"]
        kind = self.result["interval"]
        interval = "" if low is None else f" (95 %: {low:.4g} to {high:.4g}, {kind})"
        return {
            "folder": str(self.folder),
            "device": str(self.result["device"]),
            f"test {run.merit_words}": f"{self.result[run.merit]:.4g}{interval}",
            "split": str(self.result["split"]),
            "seeds": ", ".join(map(str, self.seeds)),
            "epochs": ", ".join(str(chip.record["epochs"]) for chip in run.chips),
            "samples": f"{self.result['windows']}, {self.result['data_source']}",
        }

    @property
    def result(self) -> Record:
        """Figures over all seeds, intervals, settings, versions."""
        return self.records.result

    def detail(self, seed: int | None = None) -> Record:
        """Return all that is kept of the chip of ``seed`` beside its metrics and its state.

        ``energy`` by every convention, ``activity`` (what was counted), ``confusion``, ``history``,
        ``stuck_cells`` and the like.
        """
        chosen = self._seed(seed)
        return next(chip.detail for chip in self.records.chips if chip.seed == chosen)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds, one a chip."""
        return tuple(chip.seed for chip in self.records.chips)

    @property
    def history(self) -> pd.DataFrame:
        """One row for each seed and epoch: losses and figures of merit."""
        tables = [chip.history.assign(seed=chip.seed) for chip in self.records.chips]
        return pd.concat(tables, ignore_index=True).set_index(["seed", "epoch"])

    @cached_property
    def data(self) -> Dataset:
        """The samples, read or made again."""
        return build.samples(self.experiment.common.data)

    def parts(self, seed: int | None = None) -> build.Parts:
        """Return training, validation and test samples of ``seed``, scaled as its chip sees them.

        They are the usual arrays of all who ask: change copies.
        """
        return build.parts_of(self.experiment.common.data, self.data, self._seed(seed))

    def chip(self, seed: int | None = None) -> Chip:
        """Return a new chip in the state that training left for ``seed``, the first by default.

        Raises
        ------
        ConfigError
            If the run has no such seed.
        DataError
            If the samples are not those that it learned from.
        """
        return trained_chip(self.experiment, self.data, self._seed(seed), self.folder)

    @property
    def chips(self) -> dict[int, Chip]:
        """A new chip of every seed, see :meth:`chip`."""
        return {seed: self.chip(seed) for seed in self.seeds}

    @cached_property
    def figures(self) -> dict[str, Picture]:
        """Every figure of the report by name, drawn; a notebook shows one, ``save`` writes it."""
        return {one.name: one for one in pictures(list(sections(Account.of([self.records]))))}

    def _seed(self, seed: int | None) -> int:
        if seed is None:
            return self.seeds[0]
        if seed not in self.seeds:
            expected = f"one of: {', '.join(map(str, self.seeds))}"
            fail("LoadedRun.seed", expected, str(seed), "Choose a seed of the run.")
        return seed


def load(folder: Path | str) -> LoadedRun | Sweep:
    """Return the finished run in ``folder``, or the sweep whose store it holds.

    A :class:`~crossbar.loading.LoadedRun` has ``chip()``, ``data``, ``parts()``,
    ``history``, ``result`` and ``figures``, a :class:`~crossbar.report.sweeps.Sweep` its ``frame``.

    Raises
    ------
    DataError
        If there is neither, or a file is missing or damaged.
    """
    place = Path(folder)
    if holds_sweep(place):
        return read_sweep(place)
    if not place.exists():
        near = sorted(one.name for one in place.parent.glob("*") if one.is_dir())
        remedy = nearest(place.name, near) if near else records.REMEDY
        raise DataError(message(str(place), "the folder of a run", "none", remedy))
    inside = sorted(path.name for path in place.glob("*") if holds_run(path))
    if inside and not holds_run(place):
        got, remedy = f"a folder of runs: {', '.join(inside)}", f"Load {place / inside[0]}."
        raise DataError(message(str(place), "the folder of one run", got, remedy))
    return LoadedRun(place)
