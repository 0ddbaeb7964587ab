"""How runs are carried out: by whom, how many at once, and what is shown of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields
from typing import Any, TypedDict

from crossbar.checks import require_calls, require_part, require_whole
from crossbar.errors import fail, nearest
from crossbar.progress import Progress, shown
from crossbar.runs.sweep.progress import Standing, words
from crossbar.runs.sweep.workers import LocalWorkers

JOBS = 1024  # most local processes
AHEAD = 2  # tasks a core that an executor of unknown size is given


class Options(TypedDict, total=False):
    """Keyword arguments of a sweep or a search, as the fields of :class:`Conduct`."""

    executor: Executor | None
    jobs: int | None
    retry_failed: bool
    about: dict[str, Any] | None
    show: Callable[[Standing], None]
    progress: Progress


@dataclass(frozen=True)
class Conduct:
    """How the runs of a sweep or of a search are carried out.

    Parameters
    ----------
    executor
        Any :class:`concurrent.futures.Executor`; it stays open. Local processes where None.
    jobs
        Local processes, or tasks that ``executor`` has at once; None for one a core.
    retry_failed
        Whether runs that failed before are tried again.
    about
        Facts for the report: ``title``, ``question``, ``command``, ``units`` of metrics by name.
    show
        Called with how the sweep stands.
    progress
        Called with task, steps done, steps in all and a text, while samples are made and as runs
        end; bars by default, nothing with ``False``: :mod:`crossbar.progress`.
    """

    executor: Executor | None = None
    jobs: int | None = None
    retry_failed: bool = False
    about: dict[str, Any] | None = None
    show: Callable[[Standing], None] = field(default=lambda standing: None)
    progress: Progress = field(default=shown)

    @classmethod
    def of(cls, where: str, options: Options) -> Conduct:
        """Return what the keyword arguments of ``where`` ask for, checked.

        Raises
        ------
        ConfigError
            If one is unknown or cannot be.
        """
        known = [f.name for f in fields(cls)]
        for name in options:
            if name not in known:
                fail(f"{where}.{name}", "a known argument", "an unknown name", nearest(name, known))
        conduct = cls(**options)
        require_calls(where, show=conduct.show, progress=conduct.progress)
        if conduct.executor is not None:
            require_part("executor", conduct.executor, Executor)
        if conduct.jobs is not None:
            remedy = "Give the number of processes."
            require_whole("jobs", conduct.jobs, low=1, high=JOBS, remedy=remedy)
        return conduct

    def sampled(self, done: int, total: int) -> None:
        """Say how many samples are made."""
        self.progress("samples", done, total, "")

    def stands(self, standing: Standing) -> None:
        """Say how the sweep stands."""
        self.show(standing)
        self.progress("runs", standing.done + standing.failed, standing.total, words(standing))

    @contextlib.contextmanager
    def at_work(self) -> Iterator[tuple[Executor, int]]:
        """Yield the executor, or local processes, with the number of tasks at once."""
        cores = (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )
        if self.executor is not None:
            yield self.executor, self.jobs or AHEAD * cores
            return
        width = self.jobs or cores
        workers = LocalWorkers(width)
        try:
            yield workers, width
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
        workers.shutdown()
