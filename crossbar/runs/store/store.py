"""The store: runs are entered, claimed, finished and read, each in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from crossbar.closing import Closing
from crossbar.displayed import Displayed
from crossbar.errors import DataError, fail, message
from crossbar.runs.store import hashes, sessions, table, work
from crossbar.runs.store.rows import RUN, TRAINING, Claimed, Finished, Point, unpacked
from crossbar.runs.store.schema import connect, explained, transaction
from crossbar.types import Record

NAME = "runs.db"


class Store(Closing, Displayed):
    """The runs of a sweep in one file.

    Several processes may work on a store: a run is claimed by one of them, and counts when its
    result is committed. What a process that died had claimed is free again.

    Parameters
    ----------
    path
        The file, or a folder that holds it as ``runs.db``.
    write
        Whether to make or change it; readers leave it as it is.

    Raises
    ------
    DataError
        If it is no store, is damaged or was written by a newer version.
    OutputError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with Store(Path(tempfile.mkdtemp()), write=True) as store:
    ...     store.add([Point({"bits": 4}, {"bits": 4})], seeds=[0, 1])
    ...     store.counts()
    2
    {'waiting': 2}
    """

    def __init__(self, path: Path | str, *, write: bool = False) -> None:
        self.path = located(Path(path))
        self._connection = connect(self.path, write=write)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def chips(self) -> Path:
        """Folder of the trained chips that the runs share, wherever one stands."""
        return self.path.resolve().with_name(f"{self.path.stem}-chips")

    def __repr__(self) -> str:
        return f"<Store {self.path}>"

    def _facts(self) -> dict[str, str]:
        with Store(self.path) as again:  # this one may be closed
            counts = [f"{n} {status}" for status, n in again.counts().items()]
            return {
                "file": str(self.path),
                "runs": ", ".join(counts) or "none",
                "parameters": ", ".join(again.parameters),
            }

    # What a store is about

    @property
    def about(self) -> Record:
        """Return what was noted about the sweep: title, command, base settings, units ..."""
        rows = self._rows("SELECT name, value FROM about ORDER BY rowid")
        return {name: json.loads(value) for name, value in rows}

    def note(self, **facts: Any) -> None:
        """Note facts about the sweep; a fact that is there already is replaced."""
        rows = [(name, json.dumps(fact, default=str)) for name, fact in facts.items()]
        with explained(self.path), transaction(self._connection) as here:
            here.executemany(
                "INSERT INTO about (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                rows,
            )
            for name in facts:
                hashes.seal(here, "about", name)

    # Work

    def add(self, points: Iterable[Point], seeds: Sequence[int]) -> int:
        """Enter the runs of ``points`` for all ``seeds`` that are not there yet; return how many.

        A training that several points share is entered once a seed, and comes first.
        """
        with explained(self.path), transaction(self._connection) as here:
            before = sum(self.counts().values())
            for point in points:
                first = None if point.trained is None else work.enter_point(here, point.trained)
                number = work.enter_point(here, point)
                for seed in seeds:
                    needs = None if first is None else work.enter_run(here, TRAINING, first, seed)
                    work.enter_run(here, RUN, number, seed, needs)
            work.complete(here, (*self.parameters, *self.about.get("parameters", [])))
            work.fail_untrained(here)
            return sum(self.counts().values()) - before

    def trainings(self) -> list[Claimed]:
        """Return the shared trainings that are done."""
        done = f"{work.CLAIMED} role = ? AND status = 'done'"
        return [work.claimed(*row) for row in self._rows(done, TRAINING)]

    def redo(self, run: int) -> None:
        """Let ``run`` be done again, unless it is on its way already."""
        again = "UPDATE runs SET status = 'waiting' WHERE id = ? AND status = 'done'"
        with explained(self.path), transaction(self._connection) as here:
            here.execute(again, (run,))

    def unfinished(self) -> bool:
        """Return whether a run waits or is being done."""
        return bool(self.counts().keys() & {"waiting", "running"})

    def numbers(self, points: Iterable[Point], seeds: Sequence[int]) -> list[int]:
        """Return the numbers of the runs of ``points`` and ``seeds`` that are there already."""
        chosen = "SELECT key, seed, runs.id FROM runs JOIN points ON points.id = point"
        rows = self._rows(f"{chosen} WHERE role = ?", RUN)
        keys = {point.key for point in points}
        return [run for key, seed, run in rows if key in keys and seed in seeds]

    def drop(self, runs: Sequence[int]) -> int:
        """Forget ``runs``, with all that they left, unless one is running; return how many."""
        with explained(self.path), transaction(self._connection) as here:
            marks = [(int(run),) for run in runs]
            here.executemany("DELETE FROM details WHERE run = ?", marks)
            return here.executemany(
                "DELETE FROM runs WHERE id = ? AND status <> 'running'", marks
            ).rowcount

    def enter(self) -> int:
        """Enter this process as a session, free what dead ones held; return its number."""
        with explained(self.path), transaction(self._connection) as here:
            number = sessions.enter(here)
        self.recover()
        return number

    def recover(self) -> int:
        """Free the runs of sessions that do not live any more; return how many there were."""
        with explained(self.path), transaction(self._connection) as here:
            return sum(work.free(here, session) for session in sessions.dead(here))

    def release(self, session: int) -> None:
        """Free what ``session`` has claimed and not finished."""
        with explained(self.path), transaction(self._connection) as here:
            work.free(here, session)

    def step(self, session: int, finished: Sequence[Finished], count: int) -> list[Claimed]:
        """Commit ``finished`` runs and claim up to ``count`` others, in one transaction.

        A result of a run that another session took over meanwhile is dropped: theirs will count.
        Runs whose training failed, fail with it.
        """
        with explained(self.path), transaction(self._connection) as here:
            for one in finished:
                work.finish(here, session, one)
            return work.claim(here, session, count) if count > 0 else []

    def retry(self) -> int:
        """Free the failed runs for another attempt; return how many there were."""
        with explained(self.path), transaction(self._connection) as here:
            again = "UPDATE runs SET status = 'waiting', error = '', traceback = '' "
            return here.execute(f"{again} WHERE status = 'failed'").rowcount

    # Reading

    def counts(self, role: str = RUN) -> dict[str, int]:
        """Return how many runs are ``waiting``, ``running``, ``done`` and ``failed``."""
        counted = "SELECT status, count(*) FROM runs WHERE role = ? GROUP BY status"
        return dict(self._rows(counted, role))

    def open_trainings(self) -> int:
        """Return how many shared trainings are neither done nor failed."""
        counts = self.counts(TRAINING)
        return counts.get("waiting", 0) + counts.get("running", 0)

    def frame(self) -> pd.DataFrame:
        """Return one row a run: number, status, parameters, seed, metrics, times, host, error."""
        return table.frame(self._rows)

    def dataset(self) -> Any:
        """Return the metrics as an ``xarray.Dataset`` with one dimension a parameter, and seed."""
        return table.dataset(self.frame(), self.parameters)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of everything that was swept."""
        return table.parameters(self._rows)

    def run(self, number: int) -> Record:
        """Return everything about run ``number``.

        Raises
        ------
        ConfigError
            If there is no such run.
        """
        record = table.run(self._rows, number)
        if record is None:
            highest = self._one("SELECT coalesce(max(id), 0) FROM runs")
            fail("run", f"a number up to {highest}", number, "See `crossbar runs list`.")
        return record | {"detail": self.detail(number)}

    def detail(self, number: int) -> Record:
        """Return what run ``number`` left beside its metrics; empty where there is nothing."""
        with explained(self.path):
            hashes.require(self._connection, self.path, "details", number)
        rows = self._rows("SELECT record FROM details WHERE run = ?", number)
        return unpacked(rows[0][0]) if rows else {}

    def resolved(self, number: int) -> Record:
        """Return every setting of run ``number``, defaults included."""
        rows = self._rows(
            "SELECT resolved FROM points WHERE id = (SELECT point FROM runs WHERE id = ?)", number
        )
        if not rows:
            raise DataError(message("run", "a run of the store", number, "See `crossbar runs`."))
        return unpacked(rows[0][0])

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with explained(self.path):
            return self._connection.execute(statement, values).fetchall()

    def _one(self, statement: str, *values: Any) -> Any:
        return self._connection.execute(statement, values).fetchone()[0]


def located(path: Path) -> Path:
    """Return the file of the store at ``path``: itself, or ``runs.db`` in the folder."""
    return path if path.suffix in (".db", ".sqlite") else path / NAME
