"""What a search has found: its points, ranked, and the best of them."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried


@dataclass(frozen=True)
class SearchResult:
    """What a search has found.

    Attributes
    ----------
    goal
        What it looked for.
    ranked
        The points with a result: those that meet all constraints by objective, then the others
        by how much they miss.
    failed
        Points without one.
    seeds
        Over which means are taken.
    """

    goal: Goal
    ranked: tuple[Tried, ...]
    failed: tuple[Tried, ...]
    seeds: tuple[int, ...]

    @property
    def best(self) -> Tried | None:
        """The best point that meets all constraints, or None."""
        first = self.ranked[0]
        return first if first.met(self.goal) else None

    @property
    def beyond(self) -> Tried | None:
        """What bounds the best point of a bisection: the next one, which misses a constraint."""
        name, sign = self.goal.objective.name, self.goal.objective.sign
        if self.best is None or list(self.best.parameters) != [name]:
            return None
        cost = sign * self.best.mean(name).mean
        missed = [one for one in self.ranked if sign * one.mean(name).mean < cost]
        return max(missed, key=lambda one: sign * one.mean(name).mean, default=None)
