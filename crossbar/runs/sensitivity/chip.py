"""A trained chip whose settings may move while its weights are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.checks import require_part, require_whole
from crossbar.circuit.pathwise import ReadState, contracted
from crossbar.data import Dataset
from crossbar.energy.physical import breakdown
from crossbar.errors import fail, nearest, shown
from crossbar.nn import Chip
from crossbar.nn.pathwise import PathwiseChip
from crossbar.runs import build
from crossbar.runs.energy_record import costs, examples, inferred
from crossbar.runs.experiment import Experiment
from crossbar.runs.latency import chip_latency
from crossbar.runs.sensitivity.held import HeldWeights
from crossbar.runs.sensitivity.objectives import objectives
from crossbar.runs.sensitivity.settings import (
    DIFFERENCE,
    EXACT,
    STRAIGHT,
    Moved,
    changed,
    moved,
)
from crossbar.runs.sensitivity.weights import along_weights, require_single
from crossbar.substrates.tile_state import TileState
from crossbar.types import Doubles

BATCH = 64  # samples that keep their way back at a time
ENERGY = "energy_inference"


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Figures of a chip at one point of its settings, and their derivatives.

    Attributes
    ----------
    values
        By metric: ``loss``, ``accuracy`` (a smooth one, of classes), ``energy_inference`` [J],
        ``latency`` [s] and ``cells``.
    by
        Metric, then setting: the derivative by the SI unit of the setting, by 1 of a whole number.
    kinds
        How the derivative to a setting was taken: ``exact``; ``straight-through`` where signals
        pass converters, whose rounding is held; ``difference`` of one step of a whole number.
    """

    values: dict[str, float]
    by: dict[str, dict[str, float]]
    kinds: dict[str, str]


class SensitiveChip:
    """What a chip has learned, programmed into hardware whose settings may move.

    See :class:`~crossbar.runs.sensitivity.held.HeldWeights` for how. Ranges of ADCs are calibrated
    at every point, and held for the derivatives there, relative to the range of the amplifiers.

    Parameters
    ----------
    plan
        The experiment that the chip was trained by.
    learned
        The trained chip.
    seed
        Of the chip.
    dataset
        The samples. Those of the training part are presented.
    samples
        How many of them at most, spaced evenly.

    Raises
    ------
    ConfigError
        If the chip has no weights in cells.
    """

    def __init__(
        self, plan: Experiment, learned: Chip, seed: int, dataset: Dataset, *, samples: int = 512
    ) -> None:
        require_part("SensitiveChip.plan", plan, Experiment)
        require_part("SensitiveChip.learned", learned, Chip)
        samples = require_whole("SensitiveChip.samples", samples, low=2)
        if not plan.analog:
            fail("SensitiveChip.plan", "an analog device", plan.kind, "Choose device.kind.")
        self.plan, self.seed, self.ends = plan, seed, dataset.ends
        self.held = HeldWeights(plan, learned, seed)
        self.parts = build.parts_of(plan.common.data, dataset, seed)
        x, y = self.parts.train
        chosen = np.unique(np.linspace(0, len(x) - 1, min(samples, len(x))).astype(int))
        self.x, shape = x[chosen].astype(np.float64), (len(chosen), learned.network.outputs)
        self.wanted = learned.loss.wanted("SensitiveChip", y[chosen], shape).astype(np.float64)

    def at(
        self, changes: Mapping[str, Any], settings: Sequence[str], *, draws: int = 1
    ) -> Sensitivity:
        """Return the figures under ``changes`` of the settings, and derivatives to ``settings``.

        The chip is programmed for this point and for two beside it for every setting; samples are
        presented ``draws`` times, each with noise of its own.

        Parameters
        ----------
        changes
            Values by dotted name, such as ``{"tile.reading.v_read": 0.3}``.
        settings
            Dotted names of numbers: ``["device.g_max", "tile.adc.bits"]``.

        Raises
        ------
        ConfigError
            If a setting is unknown or no number, acts on what is learned, or changes which arrays
            there are.
        """
        plan, chip = self._here(changes)
        both = [moved(plan, name) for name in dict.fromkeys(settings)]
        read = PathwiseChip(chip)
        states = [[self._states(p, read, one.name) for p in (one.low, one.high)] for one in both]
        values, by_state = self._presented(read, plan, draws)
        by = {
            metric: {
                one.name: _along(into, pair) / one.apart
                for one, pair in zip(both, states, strict=True)
            }
            for metric, into in by_state.items()
        }
        self._charge(plan, chip, both, values, by)
        rounds = any(tile.state.rounds for tile in read.tiles.values())
        smooth = STRAIGHT if rounds else EXACT
        kinds = {one.name: DIFFERENCE if one.whole else smooth for one in both}
        return Sensitivity(values=values, by=by, kinds=kinds)

    def by_weights(
        self, metric: str = "loss", changes: Mapping[str, Any] | None = None, *, draws: int = 1
    ) -> dict[str, Doubles]:
        """Return derivatives (rows, cols) of a metric by the weights that are programmed.

        Each is the sum over the cells of a weight, in all copies, of the derivative by their
        conductance times that of the conductance by the weight, random numbers of programming held.

        Parameters
        ----------
        metric
            ``loss``, ``accuracy``, or ``energy_inference`` of cells and lines.
        changes, draws
            As in :meth:`at`.

        Raises
        ------
        ConfigError
            As in :meth:`at`; or if line resistance is compensated, where a cell depends on others.
        """
        plan, chip = self._here({} if changes is None else changes)
        require_single(plan)
        read = PathwiseChip(chip)
        _, by = self._presented(read, plan, draws)
        if metric not in by:
            remedy = nearest(metric, by)
            fail("by_weights.metric", f"one of {', '.join(by)}", shown(metric), remedy)
        return along_weights(self.held, plan, read, by[metric])

    def _here(self, changes: Mapping[str, Any]) -> tuple[Experiment, Chip]:
        """Return the experiment with ``changes`` and its chip, whose ADCs are ranged."""
        plan = changed(self.plan, changes)
        chip = self.held.chip(plan)
        build.ranged(chip, self.parts, plan.streams(self.seed))
        return plan, chip

    def _states(self, plan: Experiment, read: PathwiseChip, name: str) -> dict[str, ReadState]:
        """Return the state of every tile of a chip of ``plan``, its ADCs ranged as those read."""
        chip, states = self.held.chip(plan), {}
        for part, here in read.tiles.items():
            held = chip.held[part]
            assert held.tile is not None
            states[part] = _ranged(held.tile, here.held)
            order, other = (np.array(one.held[part].order) for one in (chip, read.chip))
            if not (np.array_equal(order, other) and here.state.alike(states[part])):
                expected = "a setting that keeps arrays and tables as they are"
                fail(name, expected, "another one", "Leave it to a search: crossbar search.")
        return states

    def _presented(
        self, read: PathwiseChip, plan: Experiment, draws: int
    ) -> tuple[dict[str, float], dict[str, dict[str, ReadState]]]:
        """Present all samples and return figures, and their derivatives by the states.

        Energy is that of the samples that every run counts it over.
        """
        rng, count = plan.streams(self.seed)("sensitivity"), draws * len(self.x)
        batches = [slice(k, k + BATCH) for k in range(0, len(self.x), BATCH)]
        first = np.concatenate([read.present(self.x[b], rng=rng) for b in batches])
        figures = objectives(self.held.loss, first, self.wanted)
        values = dict.fromkeys(figures, 0.0)
        by = {metric: read.zeros() for metric in (*figures, ENERGY)}
        for batch in batches * draws:
            scores = read.present(self.x[batch], rng=rng)
            for metric, figure in figures.items():
                each, by_scores = figure(scores, self.wanted[batch])
                values[metric] += float(each.sum()) / count
                read.back(by_scores / count, 0.0, by[metric])
        counted = examples(plan, self.parts)[0]
        for batch in [slice(k, k + BATCH) for k in range(0, len(counted), BATCH)] * draws:
            scores = read.present(counted[batch], rng=rng)
            read.back(np.zeros_like(scores), 1 / (draws * len(counted)), by[ENERGY])
        return values, by

    def _charge(
        self, plan: Experiment, chip: Chip, both: Sequence[Moved],
        values: dict[str, float], by: dict[str, dict[str, float]],
    ) -> None:  # fmt: skip
        """Add what converters and blocks take, and what follows from the plan alone."""
        counted = inferred(plan, chip, self.parts, plan.streams(self.seed))

        def charged(one: Experiment) -> float:
            return sum(row.energy for row in breakdown(counted, costs(one), phase="inference"))

        values[ENERGY] = charged(plan)
        for one in both:
            by[ENERGY][one.name] += (charged(one.high) - charged(one.low)) / one.apart
        here = chip_latency(plan, self.ends)
        values |= {"latency": here.seconds, "cells": float(here.cells)}
        by |= {"latency": {}, "cells": {}}
        for one in both:
            low, high = (chip_latency(p, self.ends) for p in (one.low, one.high))
            by["latency"][one.name] = (high.seconds - low.seconds) / one.apart
            by["cells"][one.name] = (high.cells - low.cells) / one.apart


def _along(by: dict[str, ReadState], pair: list[dict[str, ReadState]]) -> float:
    """Return the change between the two states of ``pair``, to first order."""
    low, high = pair
    return sum(contracted(by[part], high[part], low[part]) for part in by)


def _ranged(tile: TileState, here: TileState) -> ReadState:
    """Return the state of ``tile`` whose ADC has the range of that of ``here``."""
    if tile.spec.adc is not None and tile.spec.adc.reach is None:
        tile.sensing.span(*here.sensing.reach)
    return ReadState.of(tile.array, tile.sensing, apart=tile.apart)
