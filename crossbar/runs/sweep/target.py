"""What is swept, whatever it is: points to check, and tasks to run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

from crossbar.errors import OutputError, fail, message
from crossbar.meaning import Meaning
from crossbar.runs.settings import require_seeds
from crossbar.runs.store import Claimed, Point, Store, places
from crossbar.runs.store.store import NAME, located
from crossbar.runs.store.table import COLUMNS
from crossbar.runs.sweep.design import Assignment
from crossbar.runs.sweep.task import Task, Trial
from crossbar.toml import Settings

TESTED_RUN = "run"  # name under which the folder of trained chips stands among the settings
Progress = Callable[[int, int], None]


class Target(ABC):
    """What runs at every point.

    Attributes
    ----------
    base
        What all points share, for the record of the sweep.
    seeds
        Seeds where none are given.
    measured
        The metrics of runs, and what is noted about each, as of
        :class:`crossbar.runs.metrics.Metric`; none where a run has to end first.
    meanings
        Words and unit of every setting of the points so far.
    modules
        Files of the modules of the user's that they name, by module.
    """

    base: Settings
    seeds: tuple[int, ...]
    measured: Settings
    meanings: dict[str, Meaning]
    modules: dict[str, Path]

    def __init__(self) -> None:
        self.measured, self.meanings, self.modules = {}, {}, {}

    @abstractmethod
    def point(self, assignment: Assignment) -> Point:
        """Return the point with ``assignment``, checked.

        Raises
        ------
        ConfigError
            If a name is unknown, or a value cannot be.
        """

    def check(self, seeds: Sequence[int]) -> None:
        """Raise :class:`ConfigError` unless ``seeds`` are different and can be run."""
        require_seeds("seeds", seeds, "Write seed=0:5, or range(5).")

    def named(self, name: str) -> str:
        """Return the name under which the store keeps the parameter ``name``."""
        return name

    def files(self) -> list[str]:
        """Return the files that all runs depend on beside their settings."""
        return []

    def keep(self) -> None:
        """Let every run keep its trained chip, where it has one."""
        return

    def kept(self, settings: Settings, chips: Path) -> Path | None:
        """Return the folder, a run's, of the chips that ``settings`` train; None if none are kept.

        ``chips`` is that of the store.
        """
        return None

    def require_place(self, store: Path) -> None:
        """Raise if ``store`` is the folder of a training, whose report a sweep would hide."""
        place = located(store)
        if place.name == NAME and places.holds_run(place.parent):
            remedy = "Choose another folder with --out."
            raise OutputError(message(str(store), "a folder of its own", "that of a run", remedy))

    def require_content(self, kept: Store) -> None:
        """Raise if ``kept`` holds what these runs cannot stand beside; most stand beside any."""
        return

    def renew(self, kept: Store) -> None:
        """Let shared trainings be done again whose chips are gone."""
        for claimed in kept.trainings():
            task = self.task(claimed, kept.chips)
            assert isinstance(task, Trial)
            assert task.place is not None
            if not (task.place / places.CELLS).exists():
                kept.redo(claimed.run)

    @abstractmethod
    def task(self, claimed: Claimed, chips: Path) -> Task:
        """Return what a worker is to do; ``chips`` holds trained chips that runs share."""

    @abstractmethod
    def prepare(self, settings: list[Settings], progress: Progress) -> None:
        """Make once what the runs with ``settings`` share, before workers ask for it.

        Raises
        ------
        DataError
            If it cannot be made, so that no run could be done.
        """


def refuse_column(name: str) -> None:
    """Raise if ``name`` is that of a column which every store has."""
    if name in COLUMNS:
        remedy = "Give seeds apart: seed=0:5 on the command line, seeds=range(5) in Python." if (
            name == "seed") else "Call the parameter otherwise."  # fmt: skip
        fail(name, f"names other than {', '.join(COLUMNS)}", repr(name), remedy)
