"""Samples presented to chips: figures, and their derivatives by what the chips are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.circuit.pathwise import ReadState
from crossbar.data import Ends
from crossbar.energy.physical import breakdown
from crossbar.nn import Network
from crossbar.nn.pathwise import PathwiseChip
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment
from crossbar.runs.latency import chip_latency
from crossbar.runs.sensitivity.objectives import Objective
from crossbar.types import Doubles, Floats, Rng

BATCH = 64  # most samples that keep their way back at a time
KEPT = 2**24  # most numbers into and out of arrays in that time, each kept some ten times
ENERGY = "energy_inference"


@dataclass(frozen=True)
class Presented:
    """Samples, presented several times; every chip meets the same random numbers.

    Attributes
    ----------
    x, wanted
        Samples (n, ...), and what they ask for (n, outputs).
    counted
        Those that energy is counted over.
    draws
        How often they are presented, each time with noise of its own.
    rng
        Gives the generator of the noise, from its start.
    batch
        How many samples keep their way back at a time.
    """

    x: Doubles
    wanted: Doubles
    counted: Floats
    draws: int
    rng: Callable[[], Rng]
    batch: int

    def scores(self, read: PathwiseChip) -> Doubles:
        """Return the scores (n, outputs) of the first presentation."""
        rng = self.rng()
        return np.concatenate(
            [read.present(self.x[b], rng=rng) for b in self._batches(len(self.x), 1)]
        )

    def values(self, read: PathwiseChip, figures: dict[str, Objective]) -> dict[str, float]:
        """Return the means of the figures."""
        rng, total = self.rng(), dict.fromkeys(figures, 0.0)
        for batch in self._batches(len(self.x), self.draws):
            scores = read.present(self.x[batch], rng=rng)
            for metric, figure in figures.items():
                total[metric] += float(figure(scores, self.wanted[batch]).values.sum())
        return {metric: value / (self.draws * len(self.x)) for metric, value in total.items()}

    def derivatives(
        self, read: PathwiseChip, figures: dict[str, Objective]
    ) -> tuple[dict[str, float], dict[str, dict[str, ReadState]]]:
        """Return the means of the figures, and derivatives of these and of energy by the states."""
        rng, count = self.rng(), self.draws * len(self.x)
        values = dict.fromkeys(figures, 0.0)
        by = {metric: read.zeros() for metric in (*figures, ENERGY)}
        for batch in self._batches(len(self.x), self.draws):
            scores = read.present(self.x[batch], rng=rng)
            for metric, figure in figures.items():
                each, by_scores = figure(scores, self.wanted[batch])
                values[metric] += float(each.sum()) / count
                read.back(by_scores / count, 0.0, by[metric])
        for batch in self._batches(len(self.counted), self.draws):
            scores = read.present(self.counted[batch], rng=rng)
            read.back(np.zeros_like(scores), 1 / (self.draws * len(self.counted)), by[ENERGY])
        return values, by

    def _batches(self, count: int, draws: int) -> Iterator[slice]:
        """Yield the batches of ``count`` samples, ``draws`` times."""
        for _ in range(draws):
            yield from (slice(k, k + self.batch) for k in range(0, count, self.batch))


def batch_of(network: Network) -> int:
    """Return how many samples of ``network`` keep their way back at a time."""
    each = sum(one.vectors * (one.rows + one.cols) for one in network.matrices)
    return min(BATCH, max(1, KEPT // each))


def charged(plan: Experiment, counted: Activity, ends: Ends) -> dict[str, float]:
    """Return what an inference takes by the costs of ``plan``, its latency, and how many cells.

    ``counted`` is what happens in the inferences that energy is counted over.
    """
    rows = breakdown(counted, costs(plan), phase="inference")
    latency = chip_latency(plan, ends)
    energy = sum(row.energy for row in rows)
    return {ENERGY: energy, "latency": latency.seconds, "cells": float(latency.cells)}
