"""The way of a search: point after point, each run for every seed, all kept in a store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path

from crossbar.errors import SimulationError, fail, message, nearest
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.proposal import Proposal
from crossbar.runs.search.space import Space
from crossbar.runs.search.trial import Ledger, Tried, ranked
from crossbar.runs.store.store import Store, located
from crossbar.runs.sweep.conduct import Conduct
from crossbar.runs.sweep.drive import Drive
from crossbar.runs.sweep.progress import Standing
from crossbar.runs.sweep.sweep import opened

HOPELESS = 3  # points without a result, after which the search is given up


@dataclass
class SearchWay:
    """The way of a search from what is known to its last point, and how the search stands."""

    space: Space
    goal: Goal
    proposal: Proposal
    seeds: list[int]
    points: int
    conduct: Conduct
    whole: Standing = field(init=False)
    ended: int | None = None

    def follow(self, path: Path) -> list[Tried]:
        """Run point after point, all kept in the store ``path``; return what was tried."""
        kind, conduct = self.space.kind, self.conduct
        if not located(path).exists():  # what no run could read shows before a store is made
            kind.prepare([kind.base], conduct.sampled)
        asked = {
            "question": f"Which settings {self.goal}?",
            "search": {
                "objective": str(self.goal.objective),
                "constraints": list(map(str, self.goal.constraints)),
                "points": self.points,
            },
        }
        with opened(path, kind, self.space.names, asked | (conduct.about or {})) as kept:
            if conduct.retry_failed:
                kept.retry()
            kind.renew(kept)
            with conduct.at_work() as (workers, width):
                tried = self._batches(kept, workers, width)
        _check(tried, self.goal, 1)
        return tried

    def _batches(self, kept: Store, workers: Executor, width: int) -> list[Tried]:
        """Run batch after batch of proposed points until none is left to try."""
        kind = self.space.kind
        ledger = Ledger(kept, self.space, self.seeds)
        count = self.proposal.together(width, len(self.seeds))
        self.whole = Standing({})
        most = len(self.seeds) * int(min(self.points, self.proposal.most(count)))
        while True:
            tried, waiting = ledger.read()
            _check(tried, self.goal, HOPELESS)
            room = min(count, self.points - len(tried))
            batch = waiting or (self.proposal.next(tried, room) if room > 0 else [])
            if not batch:
                return tried
            proposed = [self.space.point(place) for place in batch]
            if not kept.add(proposed, self.seeds) and not waiting and not ledger.read()[1]:
                return tried  # values have 12 digits: nothing lies between those that are known
            kind.prepare([p.settings for p in proposed], self.conduct.sampled)
            self._learn(tried)
            Drive(kept, kind, lambda batch: self._stands(batch, most), workers, width)()

    def _learn(self, tried: Sequence[Tried]) -> None:
        """Take in the points that are tried before the next batch."""
        name = self.goal.objective.name
        self.whole.metric = f"{name} of {len(tried)} points"
        for one in ranked(tried, self.goal)[0][:1]:
            if one.met(self.goal):
                self.whole.best, self.whole.best_run = one.mean(name).mean, one.runs[0]

    def _stands(self, batch: Standing, most: int) -> None:
        """Show how the search of ``most`` runs stands, while its ``batch`` stands so."""
        ended = batch.done + batch.failed
        if self.ended is not None:
            self.whole.ends.extend([time.monotonic()] * (ended - self.ended))
        self.ended = ended
        left = max(most - ended, batch.waiting)
        whole = self.whole
        counts = {"done": batch.done, "failed": batch.failed, "waiting": left}
        self.conduct.stands(
            replace(batch, counts=counts, best=whole.best, best_run=whole.best_run,
                    metric=whole.metric, ends=whole.ends)
        )  # fmt: skip


def named(goal: Goal, space: Space) -> Goal:
    """Return ``goal`` with parameters under the names of the store, or raise where it cannot be.

    Raises
    ------
    ConfigError
        If it names what is neither searched nor measured.
    """
    name = goal.objective.name
    objective = replace(goal.objective, name=space.aliases.get(name, name))
    for one in goal.constraints:
        if one.name in space.aliases or one.name in space.names:
            fail(str(one), "a metric", f"{one.name}, which is searched", "Change its values.")
    if objective.name in space.names and not goal.constraints:
        remedy = 'Add one: --subject-to "accuracy>=0.9".'
        fail(str(goal), "a constraint, as the objective is searched itself", "none", remedy)
    goal = Goal(objective, goal.constraints)
    if space.kind.measured:
        _refuse_unknown(goal, set(space.kind.measured), set(space.names), "Nothing has run.")
    return goal


def _check(tried: Sequence[Tried], goal: Goal, patience: int) -> None:
    """Raise where what was tried shows that the search can find nothing.

    After ``patience`` points without a result none is waited for any more.
    """
    names = {name for one in tried if not one.error for name in one.metrics}
    if names:
        swept = set[str]().union(*(one.parameters for one in tried))
        _refuse_unknown(goal, names, swept, "Runs that are done are kept.")
    if len(tried) < patience or any(one.usable(goal) for one in tried):
        return
    errors = [one.error for one in tried if one.error]
    got = f"errors: {errors[0]}" if errors else "nan where a number was asked for"
    remedy = "Correct it, then give --retry-failed."
    where = f"search, at all of {len(tried)} points"
    raise SimulationError(message(where, "runs that end with numbers", got, remedy))


def _refuse_unknown(goal: Goal, metrics: set[str], swept: set[str], note: str) -> None:
    """Raise :class:`ConfigError` if ``goal`` names what is neither a metric nor ``swept``."""
    asked = {goal.objective.name: str(goal.objective)}
    asked |= {c.name: str(c) for c in goal.constraints}
    for name, where in asked.items():
        if name not in metrics | swept:
            listed = f"one of the metrics {', '.join(sorted(metrics))}"
            fail(where, listed, repr(name), f"{nearest(name, metrics | swept)} {note}")
