"""One run as a worker does it: what it needs travels with it, what it finds comes back."""

from __future__ import annotations

import functools
import math
import platform
import socket
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from crossbar.errors import ConfigError, CrossbarError, fail, message
from crossbar.progress import Progress, silent
from crossbar.runs import build
from crossbar.runs.conditions import split_off, tested
from crossbar.runs.experiment import experiment
from crossbar.runs.results import versions
from crossbar.runs.store import Finished
from crossbar.runs.store.table import COLUMNS
from crossbar.runs.trials import retrial, trial

Outcome = tuple[Mapping[str, Any], dict[str, Any] | None]
Function = Callable[[dict[str, Any], int], Mapping[str, float]]


@dataclass(frozen=True)
class Task(ABC):
    """A run that can be done anywhere.

    Attributes
    ----------
    run
        Number of its row in the store.
    seed
        Seed of all its random numbers.
    """

    run: int
    seed: int

    @abstractmethod
    def outcome(self, progress: Progress = silent) -> Outcome:
        """Return metrics and detail."""

    def finished(self, progress: Progress = silent) -> Finished:
        """Do the run here and return how it ended; an error is raised."""
        began, start = time.time(), time.perf_counter()
        with threadpool_limits(1, "blas"):
            metrics, detail = self.outcome(progress)
        return self._ended(began, start, metrics=dict(metrics), detail=detail)

    def __call__(self) -> Finished:
        """Do the run and return how it ended; errors are kept with their traceback."""
        began, start = time.time(), time.perf_counter()
        try:
            return self.finished()
        except Exception as error:
            words = str(error) if isinstance(error, CrossbarError) else _named(error)
            line = _readable(" ".join(words.split()))
            trace = _readable(traceback.format_exc())
            return self._ended(began, start, error=line, traceback=trace)

    def _ended(self, began: float, start: float, **how: Any) -> Finished:
        """Return how the run ended, with its time, its memory and where it was done."""
        duration, host = time.perf_counter() - start, socket.gethostname()
        return Finished(self.run, began, duration, host, made_with(), memory(), **how)


@dataclass(frozen=True)
class Trial(Task):
    """Train a chip and test it; the folder ``place`` keeps the chip, None keeps nothing."""

    settings: dict[str, Any]
    place: Path | None = None

    def outcome(self, progress: Progress = silent) -> Outcome:
        """Train, or resume from the last epoch of a training that was stopped; then test."""
        plan = experiment(self.settings)
        samples = build.samples(plan.common.data)
        return trial(plan, self.seed, samples, progress=progress, place=self.place)


@dataclass(frozen=True)
class Retrial(Task):
    """Test a trained chip of the run folder ``place`` under other conditions."""

    settings: dict[str, Any]
    place: Path

    def outcome(self, progress: Progress = silent) -> Outcome:
        """Test."""
        trained, changes = split_off(self.settings)
        plan, conditions = tested(experiment(trained), changes)
        return retrial(plan, self.place, self.seed, build.samples(plan.common.data), conditions)


@dataclass(frozen=True)
class Call(Task):
    """Call a function of the user."""

    function: Function
    parameters: dict[str, Any]

    def outcome(self, progress: Progress = silent) -> Outcome:
        """Call it and check what it returns."""
        outcome = self.function(dict(self.parameters), self.seed)
        where = f"{self.function.__qualname__}()"
        if not isinstance(outcome, Mapping):
            remedy = 'Return {"error": 0.01}.'
            fail(where, "a mapping of names to numbers", type(outcome).__name__, remedy)
        metrics = {}
        for name, value in outcome.items():
            if name in self.parameters or name in COLUMNS:
                expected = f"names other than parameters and {', '.join(COLUMNS)}"
                fail(where, expected, repr(name), "Rename it.")
            try:
                metrics[str(name)] = float(value)
            except (TypeError, ValueError):
                remedy = "Return numbers only."
                text = message(f"{where}['{name}']", "a number", repr(value), remedy)
                raise ConfigError(text) from None
        return metrics, None


def _readable(text: str) -> str:
    """Return ``text`` with what no file can hold, such as parts of bad file names, written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _named(error: Exception) -> str:
    """Return an error that the package does not know, with its kind."""
    words = f"{type(error).__name__}: {error}".removesuffix(": ")
    remedy = ". Lower --jobs or the size of the run." if isinstance(error, MemoryError) else ""
    return f"{words}{remedy}"


def memory() -> float:
    """Return the most memory [MiB] that this process has taken; NaN where the system is silent."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return math.nan
    most = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: nan")
    return float(most.split()[1]) / 1024


@functools.lru_cache(maxsize=1)
def made_with() -> dict[str, str]:
    """Return the versions that a run is made with."""
    return versions() | {"machine": platform.machine()}
