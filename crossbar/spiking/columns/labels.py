"""What columns mean: labels that they are given after they learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.array_checks import require_labels
from crossbar.displayed import Displayed
from crossbar.specification import Specification
from crossbar.types import Doubles, Floats, Integers
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Vote(Specification):
    """The first columns of a wave vote, the later the less: exp(-(t - t_first) / fade).

    Parameters
    ----------
    first
        How many columns vote; 1 is the winner alone.
    fade : [s]
        Time after the winner in which a vote falls to 1/e, as in a synapse of this time constant.

    Source: assumed; the numbers were chosen on digits of other seeds than those of the benchmark.
    """

    first: int = quantity(5, low=1, high=100_000)
    fade: float = quantity(0.3e-6, unit="s", above=0, high=1e3)

    def weights(self, times: Floats) -> Doubles:
        """Return the votes of columns that fired at ``times`` (n, columns) [s]; 0 for the others.

        Of columns that fire at the same time, those that come first vote.
        """
        rank = np.argsort(np.argsort(times, axis=1, kind="stable"), axis=1, kind="stable")
        fired = np.isfinite(times) & (rank < self.first)
        late = np.where(fired, times, 0.0) - np.where(fired, times, np.inf).min(1, keepdims=True)
        return np.where(fired, np.exp(-np.where(fired, late, 0.0) / self.fade), 0.0)


@dataclass(frozen=True, eq=False, repr=False)
class Labels(Displayed):
    """Classes of columns, by how they voted in waves of known classes.

    Attributes
    ----------
    vote
        Who votes.
    shares : (columns, classes)
        Share of the votes of a column that were in waves of each class; 0 for one without votes.
    """

    vote: Vote
    shares: Doubles

    @classmethod
    def of(cls, vote: Vote, times: Floats, y: Integers, classes: int) -> Labels:
        """Return the labels by waves of classes ``y`` (n,) in which columns fired at ``times``.

        Parameters
        ----------
        times : (n, columns) [s]
            See :meth:`ColumnsState.times`, with ``first`` as many as vote.

        Raises
        ------
        ShapeError, DataError
            If there is not a class a wave.
        """
        y = require_labels("Labels.of.y", y, classes, len(times))
        votes = np.zeros((classes, times.shape[1]))
        np.add.at(votes, y, vote.weights(times))
        total = votes.sum(0)
        return cls(vote, (votes / np.where(total > 0, total, 1.0)).T)

    @property
    def used(self) -> int:
        """Columns that have a label."""
        return int(self.shares.any(1).sum())

    def scores(self, times: Floats) -> Doubles:
        """Return the votes of each wave for every class, (n, classes)."""
        return np.asarray(self.vote.weights(times) @ self.shares)

    def predicted(self, times: Floats) -> Integers:
        """Return the class of each wave, (n,); -1 where no column with a label fired."""
        scores = self.scores(times)
        return np.where(scores.any(1), scores.argmax(1), -1)
