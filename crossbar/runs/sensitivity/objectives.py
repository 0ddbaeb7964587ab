"""Figures of a chip as smooth functions of its scores, with their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from crossbar.activity import Activity
from crossbar.circuit.blocks import Blocks
from crossbar.nn.losses import Head, Loss
from crossbar.types import Doubles

LOGISTIC = np.pi / np.sqrt(3.0)  # standard deviation of the logistic distribution of scale 1


class Figure(NamedTuple):
    """The mean of a figure over samples, and the sum of its derivatives by the scores."""

    values: Doubles
    by_scores: Doubles


Objective = Callable[[Doubles, Doubles], Figure]
"""Of scores and wanted outputs (n, outputs): values (n,) and derivatives (n, outputs)."""


def objectives(loss: Loss, scores: Doubles, wanted: Doubles) -> dict[str, Objective]:
    """Return the figures of a chip by name: ``loss``, and ``accuracy`` where it tells classes.

    ``scores`` and ``wanted`` (n, outputs) settle over how much of a margin the accuracy is smooth.
    """
    chosen: dict[str, Objective] = {"loss": _of_loss(loss)}
    if loss.classes:
        chosen["accuracy"] = _smooth_accuracy(scores, wanted)
    return chosen


def _of_loss(loss: Loss) -> Objective:
    """Return the loss behind ideal blocks."""
    head: Any = Head(Blocks(), Activity())
    rng = np.random.default_rng(0)  # ideal blocks draw nothing

    def objective(scores: Doubles, wanted: Doubles) -> Figure:
        outputs = loss.outputs(scores, head, rng=rng)
        error = loss.error(outputs, wanted, head, rng=rng)
        values = loss.values(outputs, wanted)
        return Figure(np.asarray(values, np.float64), np.asarray(error, np.float64))

    return objective


def _smooth_accuracy(scores: Doubles, wanted: Doubles) -> Objective:
    """Return the share of right answers, smoothed over margins.

    A margin is the score of the right class less the largest other one. In place of the step at 0
    stands a logistic function of the width 1.06 s n^(-1/5), with s the standard deviation of the
    margins of n samples: the rule of Silverman for the density of margins at 0, on which the
    derivative depends. The width moves with the scores, so that a common factor of all scores,
    which changes no answer, changes nothing here.

    Source: Silverman, Density Estimation for Statistics and Data Analysis, 1986, section 3.4.
    """
    margins = _margins(scores, wanted)[0]
    mean, spread = float(margins.mean()), max(float(margins.std()), 1e-12)
    width = 1.06 * spread * len(margins) ** -0.2 / LOGISTIC
    shares = _logistic(margins / width)
    wider = float((shares * (1 - shares) / width * margins).mean()) / spread**2

    def objective(scores: Doubles, wanted: Doubles) -> Figure:
        margin, right, other = _margins(scores, wanted)
        share, rows = _logistic(margin / width), np.arange(len(scores))
        slope = share * (1 - share) / width - wider * (margin - mean)
        by = np.zeros_like(scores)
        by[rows, right] = slope
        by[rows, other] = -slope
        return Figure(share, by)

    return objective


def _logistic(x: Doubles) -> Doubles:
    """Return the logistic function of ``x``."""
    share: Doubles = 0.5 * (1.0 + np.tanh(x / 2))
    return share


def _margins(scores: Doubles, wanted: Doubles) -> tuple[Doubles, Any, Any]:
    """Return margins (n,), the right class and the best other one of every sample."""
    rows, right = np.arange(len(scores)), wanted.argmax(axis=1)
    others = np.where(wanted > 0, -np.inf, scores)
    other = others.argmax(axis=1)
    return scores[rows, right] - scores[rows, other], right, other
