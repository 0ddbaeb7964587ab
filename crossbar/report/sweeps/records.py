"""A sweep as its store holds it, read once: what varied, what was measured, what failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from crossbar.displayed import Displayed
from crossbar.errors import DataError, message, nearest
from crossbar.report.fields import Fields, flat
from crossbar.report.sweeps import facts, geometry, replicates, splits
from crossbar.report.sweeps.levels import Level, levels, matching, plain
from crossbar.runs.store import Store
from crossbar.types import Record

ACCURACY = "accuracy"
RETRY = "Run the command of the sweep again with --retry-failed."
AGAIN = "Run the command of the sweep again: what is finished is kept."


@dataclass(frozen=True)
class Sweep(Displayed):
    """The runs of a sweep.

    Attributes
    ----------
    path
        The file or folder of the store.
    about
        What was noted about the sweep: title, question, command, base, units ..., all optional.
    frame
        One row a run, as of :meth:`crossbar.runs.store.Store.frame`. A column of a parameter holds
        numbers (NaN: none), truth values or texts.
    parameters
        Names of what was swept and varies, without what numbers repetitions: ``chips``, ``draw``.
    constant
        What was swept and has one value.
    metrics
        Names of what was measured.
    tied
        By the name of a parameter those that vary with it, value by value; it stands for them.
    paired
        Whether runs of one seed have the same data, so that points are compared seed by seed.
    judged
        The metric that points are judged by; empty for the usual one.
    chips
        Names that number fabricated chips.
    draw
        Name that draws the device from a posterior; empty for none.
    """

    path: Path
    about: Record
    frame: pd.DataFrame
    parameters: tuple[str, ...]
    constant: Record
    metrics: tuple[str, ...]
    tied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paired: bool = True
    judged: str = ""
    chips: tuple[str, ...] = ()
    draw: str = ""

    __repr__ = facts.line
    _facts = facts.facts

    @cached_property
    def fields(self) -> Fields:
        """Words and units of the parameters, as they were noted."""
        return Fields.of(self.about)

    @cached_property
    def measures(self) -> Record:
        """What is noted about each metric: words, unit and which values are better."""
        duration = {"words": "duration of a run", "unit": "s", "better": "lower"}
        return {"duration": duration, **(self.about.get("metrics") or {})}

    def unit(self, name: str) -> str:
        """Return the SI unit of a metric or parameter; ``%`` for a share, empty for none."""
        given = self.about.get("units") or {}
        noted = self.measures[name]["unit"] if name in self.measures else self.fields.unit(name)
        return str(given.get(name, noted))

    def role(self, name: str) -> str:
        """Return what reports know a metric by; see :class:`crossbar.meaning.Meaning`."""
        return str(self.measures.get(name, {}).get("role", ""))

    @property
    def name(self) -> str:
        """Name of the folder, or of the file where it is not ``runs.db``."""
        path = self.path.resolve()
        return path.parent.name if path.name == "runs.db" else path.stem

    @cached_property
    def done(self) -> pd.DataFrame:
        """The runs that are finished."""
        return self.frame[self.frame["status"] == "done"].reset_index(drop=True)

    @cached_property
    def ended(self) -> pd.DataFrame:
        """The runs that are finished, and those that failed."""
        return self.frame[self.frame["status"].isin(["done", "failed"])].reset_index(drop=True)

    @cached_property
    def failures(self) -> pd.DataFrame:
        """The runs that failed, with their ``failure``."""
        return self.frame[self.frame["status"] == "failed"].reset_index(drop=True)

    @cached_property
    def failed_tests(self) -> pd.Series[bool]:
        """Which runs failed in the test of a trained chip.

        Not in its training, which has no host in the run that needed it; nor with their process,
        which left none.
        """
        tests = [name for name in self.frame if str(name).startswith("test.")]
        base = self.about.get("base") or {}
        tested = self.frame[tests].notna().any(axis=1) | bool("run" in base or base.get("test"))
        ran = self.frame["host"].notna() & (self.frame["host"] != "")
        return tested & ran & (self.frame["status"] == "failed")

    @property
    def counts(self) -> dict[str, int]:
        """How many runs are ``waiting``, ``running``, ``done`` and ``failed``."""
        return {str(k): int(n) for k, n in self.frame["status"].value_counts().items()}

    @property
    def complete(self) -> bool:
        """Whether every run is finished."""
        return len(self.done) == len(self.frame)

    replicates = cached_property(replicates.replicates)
    split = splits.split

    @cached_property
    def varied(self) -> tuple[str, ...]:
        """Names of the parameters that have several values among the finished runs."""
        return tuple(n for n in self.parameters if self.done[n].nunique(dropna=False) > 1)

    sampled = cached_property(geometry.sampled)
    centre = cached_property(geometry.centre)

    def follows(self, other: str, name: str) -> bool:
        """Return whether finished runs of equal ``name`` have equal values of ``other`` too."""
        kinds = self.done.groupby(name, dropna=False, observed=True)[other]
        return bool(kinds.nunique(dropna=False).max() == 1)

    @cached_property
    def metric(self) -> str:
        """The one judged by, else accuracy, else the first that varies or exists; with numbers."""
        if self.judged:
            return self.judged
        known = [name for name in self.metrics if self.done[name].notna().any()]
        if ACCURACY in known or not known:
            return ACCURACY if ACCURACY in known else self.metrics[0]
        return next((name for name in known if self.done[name].nunique() > 1), known[0])

    @property
    def measured(self) -> bool:
        """Whether a finished run has a number."""
        return bool(self.done[list(self.metrics)].notna().any(axis=None))

    @cached_property
    def reference(self) -> dict[str, Level]:
        """The finished point that others are compared with.

        It is the one that all others depart from in one parameter, where there is one; else the
        one with the settings of the base, as far as these were swept; else the first.
        """
        first = {name: plain(self.done[name].iloc[0]) for name in self.parameters}
        settings: Record = dict(flat(self.about.get("base") or {}))
        base: Record = {n: settings.get(n.removeprefix("test.")) for n in self.parameters}
        swept = {name: levels(self.done[name]) for name in self.parameters}
        usual = {n: base[n] if base[n] in swept[n] else first[n] for n in self.parameters}
        for point in (self.centre, usual):
            if point is not None and matching(self.done, point).any():
                return point
        return first

    def at(self, values: Mapping[str, Level]) -> Sweep:
        """Return the sweep with those runs only whose parameters have ``values``.

        Raises
        ------
        DataError
            If a name was not swept, or no finished run has the values.
        """
        for name in values:
            self.require(name, self.parameters)
        keep = matching(self.frame, values)
        if not (keep & (self.frame["status"] == "done")).any():
            got = ", ".join(f"{name} = {value}" for name, value in values.items())
            raise DataError(message("Sweep.at", "values of finished runs", got, AGAIN))
        left = tuple(name for name in self.parameters if name not in values)
        return replace(
            self, frame=self.frame[keep].reset_index(drop=True), parameters=left,
            constant=self.constant | dict(values),
        )  # fmt: skip

    def runs(self, numbers: Iterable[int]) -> dict[int, Record]:
        """Return everything about the runs ``numbers``, by number.

        Each has what :meth:`crossbar.runs.store.Store.run` returns, ``detail`` with it, and
        ``resolved``: every setting with its default.
        """
        with Store(self.path) as store:
            return {n: store.run(n) | {"resolved": store.resolved(n)} for n in numbers}

    def require(self, name: str, known: Iterable[str]) -> None:
        """Raise :class:`crossbar.errors.DataError` unless ``name`` is among the ``known`` names."""
        known = tuple(known)
        if name not in known:
            expected = f"one of: {', '.join(known) or 'nothing'}"
            text = message(f"sweep {self.name}", expected, name, nearest(name, known))
            raise DataError(text)

    def require_metric(self, name: str) -> None:
        """Raise :class:`crossbar.errors.DataError` unless finished runs have measured ``name``."""
        self.require(name, (*self.metrics, "duration"))
        if self.done[name].isna().all():
            remedy = "Choose another metric."
            text = message(f"sweep {self.name}", f"finished runs with {name}", "none", remedy)
            raise DataError(text)
