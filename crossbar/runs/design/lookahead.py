"""What models of a run show: looks that lead one to the next, to the best within reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crossbar.progress import Progress, silent
from crossbar.runs.design.coordinates import Coordinates
from crossbar.runs.design.correction import corrected
from crossbar.runs.design.looks import Looked, Looks
from crossbar.runs.design.proposed import Proposed
from crossbar.runs.design.subproblem import Problem
from crossbar.runs.search.goal import Goal
from crossbar.runs.search.space import Place, Space
from crossbar.runs.search.trial import Tried
from crossbar.types import Doubles

SHARED = 4  # further runs that correct models
LOOKS = 8  # at models, most for each step
CLOSE = 1e-3  # share, within which places are one
SHRINK = 0.5  # of the box around the best look, after a look that is no better
ENOUGH = 1e-3  # relative gain below which nothing is better


@dataclass
class Lookahead:
    """Looks at models of a run, each at the least of quadratics through the looks before.

    Parameters
    ----------
    space
        What is designed.
    looks
        At models.
    progress
        Called before every look.
    """

    space: Space
    looks: Looks
    progress: Progress = silent

    def __post_init__(self) -> None:
        self.coordinates = Coordinates(self.space)

    def step(
        self, run: Tried, usable: Sequence[Tried], goal: Goal, radius: float,
        seen: Sequence[Looked] = (), looks: int = LOOKS, *, held: bool = False,
    ) -> Proposed:  # fmt: skip
        """Return the best that models of ``run`` show for ``goal`` within ``radius`` of it.

        ``seen`` are earlier looks at them, beside which there are at most so many ``looks``. Where
        values of lists are ``held``, each of their choices seen is followed for itself as well.
        """
        low, high = self.coordinates.box(run.place, radius)
        around, looked = self.around(run, usable, radius)
        places = {one.place for one in looked}
        looked += [
            one
            for one in seen
            if one.place not in places
            and np.all(one.share >= low - CLOSE)
            and np.all(one.share <= high + CLOSE)
        ]
        inner = radius
        for left in range(looks, -1, -1):
            self.progress("models", looks - left, looks, f"of run {run.runs[0]}")
            problems = [corrected(goal, around, looked, k) for k in range(len(looked))]
            worths = [p.worth(one.share) for p, one in zip(problems, looked, strict=True)]
            k = int(np.argmin(worths))
            if k < len(looked) - 1 and left < looks:  # the last look was no better
                inner *= SHRINK
            if not left or inner < CLOSE:
                break
            place = self._next(problems, looked, worths, inner, (low, high), held)
            if place is None:
                break
            look = self.looks.if_any(run, place)
            if look is None:
                inner *= SHRINK
            else:
                looked.append(look)
        best = looked[k]
        return Proposed(best.place, goal, problems[k].values(best.share), worths[0] - worths[k])

    def around(
        self, run: Tried, usable: Sequence[Tried], radius: float
    ) -> tuple[list[Tried], list[Looked]]:
        """Return ``run`` and the nearest others within ``radius``, and its models at each."""
        low, high = self.coordinates.box(run.place, radius)
        here, apart = self.coordinates.share(run.place), []
        for k, one in enumerate(usable):
            share = self.coordinates.share(one.place)
            if one is not run and np.all(low - CLOSE <= share) and np.all(share <= high + CLOSE):
                apart.append((float(np.linalg.norm(share - here)), k))
        near = [
            (usable[k], self.looks.if_any(run, usable[k].place)) for _, k in sorted(apart)[:SHARED]
        ]
        pairs = [(run, self.looks.at(run, run.place)), *((a, b) for a, b in near if b is not None)]
        return [one for one, _ in pairs], [look for _, look in pairs]

    def _next(
        self, problems: Sequence[Problem], looked: Sequence[Looked], worths: Sequence[float],
        inner: float, box: tuple[Doubles, Doubles], held: bool,
    ) -> Place | None:  # fmt: skip
        """Return where to look next: the least that is predicted; None if all is looked at.

        Within ``inner`` of the best look that is the least on surfaces through it. If lists are
        ``held``, it may be the least around the best look with other values of them, too: what a
        bit is worth is no quadratic.
        """
        lists = self.coordinates.steps > 0
        places = [*(one.place for one in looked), *self.looks.refused]
        known = {self.space.key(place) for place in places}
        order = [int(k) for k in np.argsort(worths, kind="stable")]
        best_of = {tuple(looked[k].share[lists]): k for k in reversed(order)}
        options = []
        for k in best_of.values() if held else order[:1]:
            near = self.coordinates.box(looked[k].place, inner)
            low, high = np.maximum(box[0], near[0]), np.minimum(box[1], near[1])
            if k != order[0]:
                low[lists] = high[lists] = looked[k].share[lists]
            share = problems[k].least(looked[k].share, low, high, self.coordinates.steps)
            worth, place = problems[k].worth(share), self.coordinates.place(share)
            better = k == order[0] or worth < worths[order[0]] - ENOUGH
            if better and self.space.key(place) not in known:
                options.append((worth, place))
        return min(options)[1] if options else None
