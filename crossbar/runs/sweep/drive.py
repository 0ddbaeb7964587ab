"""The loop that keeps workers busy and the store up to date."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass, field

from crossbar.errors import SimulationError, message
from crossbar.progress import Progress, silent
from crossbar.runs.store import Claimed, Finished, Store
from crossbar.runs.store.rows import TRAINING
from crossbar.runs.store.sessions import BEAT, alive
from crossbar.runs.sweep.progress import Standing
from crossbar.runs.sweep.target import Target
from crossbar.runs.sweep.task import made_with

ATTEMPTS = 2  # how often a run may take its worker down before it counts as failed
POLL = 0.3  # s between looks at a store whose last runs others do


@dataclass
class Drive:
    """Works on the runs of a store until none is left.

    Parameters
    ----------
    store
        Where runs are claimed and committed.
    kind
        What the runs are of.
    show
        Called with how the sweep stands, some times a second.
    executor
        Where tasks run. None: here, each with its ``progress``; none is claimed ahead then, which
        another process could do, and an error of one is raised as it is.
    width
        Tasks that run at once.
    """

    store: Store
    kind: Target
    show: Callable[[Standing], None]
    executor: Executor | None = None
    width: int = 1
    progress: Progress = silent
    ready: deque[Claimed] = field(default_factory=deque)
    running: dict[Future[Finished], Claimed] = field(default_factory=dict)
    ended: list[Finished] = field(default_factory=list)
    deaths: dict[int, int] = field(default_factory=dict)
    shared: set[int] = field(default_factory=set)

    def __call__(self) -> None:
        """Do all runs that are left, beside other processes that do the same.

        Raises
        ------
        SimulationError
            If the executor takes no more tasks.
        """
        session = self.store.enter()
        standing = Standing(self.store.counts(), trainings=self.store.open_trainings())
        cleared = time.monotonic()
        try:
            with alive(self.store.path, session):
                while self._exchange(session, standing):
                    self._submit()
                    self._collect()
                    if time.monotonic() - cleared > BEAT:
                        self.store.recover()
                        cleared = time.monotonic()
        finally:
            for future in self.running:
                future.cancel()
            try:
                self.store.step(session, self.ended, 0)
            finally:
                self.store.release(session)

    def _exchange(self, session: int, standing: Standing) -> bool:
        """Commit what ended, claim what comes next; return whether there is more to wait for.

        One run a worker is claimed ahead, so that a worker never waits for a commit.
        """
        ahead = 1 if self.executor is None else 2
        want = ahead * self.width - len(self.running) - len(self.ready)
        mine = {c.run for c in (*self.running.values(), *self.ready)}  # free again after a lease
        claimed = [c for c in self.store.step(session, self.ended, want) if c.run not in mine]
        self.ready.extend(claimed)
        self.shared.update(c.run for c in claimed if c.role == TRAINING)
        if standing.trainings:
            standing.trainings = self.store.open_trainings()
        standing.tell([e for e in self.ended if e.run not in self.shared], len(self.running))
        self.ended = []
        standing.idle = not self.running and not self.ready
        if standing.idle:
            standing.counts = self.store.counts()
            left = standing.waiting + self.store.open_trainings()
            if not left:
                self.show(standing)
                return False
            time.sleep(POLL)
            self.store.recover()
        self.show(standing)
        return True

    def _submit(self) -> None:
        """Hand ready runs to the executor while it has room, or do them here."""
        while self.ready and len(self.running) < self.width:
            claimed = self.ready.popleft()
            task = self.kind.task(claimed, self.store.chips)
            if self.executor is None:
                self.ended.append(task.finished(self.progress))
                continue
            try:
                self.running[self.executor.submit(task)] = claimed
            except RuntimeError as error:
                raise SimulationError(_broken(error)) from error

    def _collect(self) -> None:
        """Wait for a run to end, and hand on the next before anything is written."""
        if not self.running:
            return
        done, _ = wait(self.running, timeout=BEAT, return_when=FIRST_COMPLETED)
        for future in done:
            claimed = self.running.pop(future)
            try:
                error = future.exception()
            except CancelledError:
                raise SimulationError(_broken("it has cancelled a run")) from None
            if isinstance(error, BrokenExecutor):
                known = isinstance(error, SimulationError)
                raise SimulationError(str(error) if known else _broken(error)) from None
            if error is None:
                self.ended.append(future.result())
            else:
                self._blame(claimed, error)
        self._submit()

    def _blame(self, claimed: Claimed, error: BaseException) -> None:
        """Let a run that lost its worker try once more, then count it as failed."""
        self.deaths[claimed.run] = self.deaths.get(claimed.run, 0) + 1
        if self.deaths[claimed.run] < ATTEMPTS:
            self.ready.append(claimed)
            return
        text = (
            f"{error}" if isinstance(error, SimulationError) else f"{type(error).__name__}: {error}"
        )
        trace = "\n".join(getattr(error, "__notes__", []))
        failed = Finished(claimed.run, time.time(), 0.0, "", made_with(), error=text,
                          traceback=trace)  # fmt: skip
        self.ended.append(failed)


def _broken(reason: object) -> str:
    """Return the message about an executor that does not work."""
    remedy = "Run the command again: what is finished is kept."
    return message("sweep", "an executor that takes tasks", f"a broken one ({reason})", remedy)
