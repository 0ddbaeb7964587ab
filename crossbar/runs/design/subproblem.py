"""The least of a quadratic under quadratic constraints, in a box, with some values whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.runs.design.surface import Surface
from crossbar.runs.search.goal import Constraint, Goal
from crossbar.types import Doubles

PENALTY = 100.0  # relative cost that a relative miss of 1 is worth
MARGIN = 5e-4  # by which bounds are kept, relative to them: runs are not exactly as predicted
SETTLED = 1e-6  # share within which a relaxed value of a list is one


@dataclass(frozen=True)
class Problem:
    """The goal of a design on surfaces.

    Attributes
    ----------
    goal
        Objective and constraints.
    cost, bounded
        Surfaces of the objective, and of the metric of every constraint.
    """

    goal: Goal
    cost: Surface
    bounded: Sequence[Surface]

    def worth(self, share: Doubles) -> float:
        """Return relative cost, with a penalty for what misses constraints."""
        return self.loss(share) + PENALTY * max([0.0, *self.misses(share)])

    def loss(self, share: Doubles) -> float:
        """Return the relative objective, to be small."""
        return self.goal.objective.sign * self.cost(share)

    def misses(self, share: Doubles) -> list[float]:
        """Return by how much each constraint, with a margin, is missed relative to its bound."""
        return [one.worse * (surface(share) - surface.relative(one.bound)) + MARGIN
                for one, surface in self._pairs]  # fmt: skip

    def values(self, share: Doubles) -> dict[str, float]:
        """Return the metrics of the goal at ``share`` by name."""
        surfaces = {one.name: surface for one, surface in self._pairs}
        surfaces[self.goal.objective.name] = self.cost
        return {name: surface.metric(surface(share)) for name, surface in surfaces.items()}

    def slopes(self, share: Doubles) -> tuple[Doubles, Doubles]:
        """Return the derivatives (n,) of the loss, and (m, n) of the misses."""
        loss = self.goal.objective.sign * self.cost.gradient(share)
        misses = [one.worse * surface.gradient(share) for one, surface in self._pairs]
        return loss, np.array(misses).reshape(len(misses), len(share))

    @property
    def _pairs(self) -> list[tuple[Constraint, Surface]]:
        return list(zip(self.goal.constraints, self.bounded, strict=True))

    def least(self, start: Doubles, low: Doubles, high: Doubles, steps: Doubles) -> Doubles:
        """Return the share (n,) of least cost between ``low`` and ``high``.

        Values of lists, ``steps`` apart, are relaxed first. Then one list after the other takes
        the better of the two values beside its share, while the others are settled anew.
        """
        share = self._relaxed(start, low, high)
        for k in np.flatnonzero(steps):
            at = share[k] / steps[k]
            beside = {steps[k] * math.floor(at + SETTLED), steps[k] * math.ceil(at - SETTLED)}
            options = []
            for end in sorted({min(max(one, low[k]), high[k]) for one in beside}):
                low, high = low.copy(), high.copy()
                low[k] = high[k] = end
                options.append(self._relaxed(share, low, high))
            share = min(options, key=self.worth)
            low[k] = high[k] = share[k]
        return share

    def _relaxed(self, start: Doubles, low: Doubles, high: Doubles) -> Doubles:
        """Return the least in a box by sequential quadratic programming, from ``start``."""
        from scipy.optimize import minimize  # slow to import

        free = high > low
        share = np.clip(start, low, high)
        if not free.any():
            return share

        def whole(x: Doubles) -> Doubles:
            at = share.copy()
            at[free] = np.clip(x[:-1], low[free], high[free])
            return at

        def slopes(x: Doubles) -> tuple[Doubles, Doubles]:
            loss, misses = self.slopes(whole(x))
            return loss[free], misses[:, free]

        beyond = {
            "type": "ineq",
            "fun": lambda x: x[-1] - np.array(self.misses(whole(x))),
            "jac": lambda x: np.column_stack([-slopes(x)[1], np.ones(len(self.bounded))]),
        }
        bounds = [*zip(low[free], high[free], strict=True), (0.0, math.inf)]
        first: Doubles = np.append(share[free], max([0.0, *self.misses(share)]))
        outcome: Any = minimize(  # type: ignore[call-overload]
            lambda x: self.loss(whole(x)) + PENALTY * x[-1], first, method="SLSQP",
            jac=lambda x: np.append(slopes(x)[0], PENALTY), bounds=bounds,
            constraints=[beyond] if self.bounded else [], options={"maxiter": 100, "ftol": 1e-9},
        )  # fmt: skip
        reached = whole(outcome.x)
        return min((share, reached), key=self.worth)
