"""What training and testing left in a store, read and checked, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy.typing as npt

from crossbar import seals
from crossbar.errors import DataError, message
from crossbar.intervals import student_name
from crossbar.report.merit import ends, merit, merit_words
from crossbar.runs.store import Store
from crossbar.runs.store.places import CELLS, EXAMPLES, STRESS, holds_run, place
from crossbar.runs.store.result import Tested, stored
from crossbar.runs.store.store import located
from crossbar.types import Record

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

REMEDY = "Give the folder that `crossbar train --out` wrote, once training has finished."
EXAMPLES_OF = ("images", "classes")


@dataclass(frozen=True)
class Run:
    """Trained and tested chips of equal settings: a training, or one point of a sweep.

    Attributes
    ----------
    name
        What figures and tables call them: of a training the name of its folder.
    result, settings
        The result, and what was set, without the defaults.
    chips
        The chips that were read, one a seed.
    folder
        Folder of the training; None of a point of a sweep, which keeps no chips.
    cells
        Weights and conductances [S] of the first chip, ``before/layer/what`` and ``after/...``.
    examples
        ``images`` (classes, ...), one sample a class before normalisation, ``classes``; of sound
        also ``waveforms`` (classes, samples) and how they became spectrograms.
    stress
        Store of its tests under stress, or None if it was not stressed.
    stress_command
        What stresses it, a command a line.
    point
        Value of each parameter of a sweep.
    """

    name: str
    result: Record
    settings: Record
    chips: tuple[Tested, ...]
    folder: Path | None = None
    cells: Arrays = field(default_factory=dict)
    examples: Arrays = field(default_factory=dict)
    stress: Path | None = None
    stress_command: str = ""
    point: Record = field(default_factory=dict)

    @property
    def analog(self) -> bool:
        """Whether the weights are conductances."""
        config = self.result["config"]
        return any(one["device"] for one in (config, *config.get("layers", {}).values()))

    @property
    def merit(self) -> str:
        """Name of the figure of merit: ``accuracy``, or ``r2`` where values are predicted."""
        return merit(self.result)

    @property
    def merit_words(self) -> str:
        """What the figure of merit is called."""
        return merit_words(self.result)

    @property
    def decides(self) -> bool:
        """Whether outputs decide between classes; else they predict values."""
        return bool(self.result["classes"])

    @property
    def least(self) -> float:
        """The least that the figure of merit can be."""
        return ends(self.result["metrics"][self.merit])[0]

    @property
    def sample(self) -> str:
        """What one sample is called."""
        return str(self.result["data"]["sample"])

    @property
    def resampling(self) -> float:
        """Test over training samples, as every seed splits one pool of samples again."""
        return max(float(chip.record["resampling"]) for chip in self.chips)

    @property
    def student_kind(self) -> str:
        """What intervals over the seeds are."""
        return student_name(self.resampling)

    @property
    def learned(self) -> bool:
        """Whether an epoch was trained; without one the weights are the initial ones."""
        return all(len(chip.history) for chip in self.chips)

    @property
    def energy(self) -> Record | None:
        """Energy record of the first chip."""
        return self.chips[0].energy


def read_runs(folder: Path) -> tuple[Run, ...]:
    """Return the finished runs of ``folder``: itself, or those one level below.

    Analog chips come before digital weights, each by name; the first one leads.

    Raises
    ------
    DataError
        If there is no finished run, or a file of one is missing or damaged.
    """
    inside = [path for path in sorted(folder.glob("*")) if located(path).exists()]
    places = [folder] if holds_run(folder) else list(filter(holds_run, inside))
    if not places:
        expected = "a finished run (runs.db with seed-K) or the store of a sweep (runs.db)"
        raise DataError(message(str(folder), expected, "neither", REMEDY))
    return tuple(sorted(map(read_run, places), key=lambda r: (not r.analog, r.name)))


def read_run(folder: Path) -> Run:
    """Return the run in ``folder``."""
    with Store(folder) as kept:
        result, settings, chips = stored(kept)
    first, stressed = place(folder, chips[0].seed), located(folder / STRESS)
    command = ""
    if stressed.exists():
        with Store(stressed) as tests:
            if tests.counts().get("done"):
                command = tests.about.get("command", "")
    return Run(
        name=folder.resolve().name,
        result=result,
        settings=settings,
        chips=tuple(chips),
        folder=folder,
        cells=read_arrays(first / CELLS, ()),
        examples=read_arrays(first / EXAMPLES, EXAMPLES_OF),
        stress=stressed if command else None,
        stress_command=command,
    )


def read_json(path: Path, keys: Iterable[str], remedy: str = REMEDY) -> Record:
    """Return the record in ``path``, which must have ``keys``."""
    record = seals.read_json(path, remedy)
    require_names(path, "the entries", keys, record, remedy)
    return record


def read_arrays(path: Path, names: Iterable[str]) -> Arrays:
    """Return the arrays in ``path``, which must have ``names``."""
    arrays = seals.read_arrays(path, REMEDY)
    require_names(path, "the arrays", names, arrays)
    return arrays


def require_names(
    path: Path, what: str, needed: Iterable[str], have: Iterable[str], remedy: str = REMEDY
) -> None:
    """Raise :class:`DataError` unless all ``needed`` names are among those that ``path`` has."""
    needed, have = tuple(needed), tuple(have)
    missing = [name for name in needed if name not in have]
    if missing:
        got = f"none of the name {', '.join(missing)}"
        raise DataError(message(str(path), f"{what} {', '.join(needed)}", got, remedy))
