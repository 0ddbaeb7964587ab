"""A trained chip whose settings may move while its weights are held."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import require_part, require_whole
from crossbar.data import Dataset
from crossbar.errors import fail, nearest, shown
from crossbar.nn import Chip
from crossbar.nn.pathwise import PathwiseChip
from crossbar.runs import build
from crossbar.runs.energy_record import examples, inferred
from crossbar.runs.experiment import Experiment
from crossbar.runs.sensitivity.held import HeldWeights
from crossbar.runs.sensitivity.objectives import Objective, objectives
from crossbar.runs.sensitivity.presented import Presented, batch_of, charged
from crossbar.runs.sensitivity.settings import (
    DIFFERENCE,
    EXACT,
    STRAIGHT,
    changed,
    moved,
    names,
)
from crossbar.runs.sensitivity.states import along, states_of
from crossbar.runs.sensitivity.weights import along_weights, require_single
from crossbar.types import Doubles


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
        pass converters, whose rounding is held, or layers whose gradient is an estimate;
        ``difference`` of one step of a whole number.
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
        self, changes: Mapping[str, Any], settings: Sequence[str], *,
        scales: Mapping[str, float] | None = None, draws: int = 1,
    ) -> Sensitivity:  # fmt: skip
        """Return the figures under ``changes`` of the settings, and derivatives to ``settings``.

        The chip is programmed for this point and for two beside it for every setting; samples are
        presented ``draws`` times, each with noise of its own. To the two chips beside it of a whole
        number they are presented as well.

        Parameters
        ----------
        changes
            Values by dotted name, such as ``{"tile.reading.v_read": 0.3}``.
        settings
            Dotted names of numbers: ``["device.g_max", "tile.adc.bits"]``.
        scales
            Of settings that may be 0, how large they get, by name: they move relative to it there.

        Raises
        ------
        ConfigError
            If a setting is unknown or no number, acts on what is learned, or changes which arrays
            there are.
        """
        draws = require_whole("SensitiveChip.at, draws", draws, low=1)
        plan, chip = self._here(changes)
        known, asked = scales or {}, dict.fromkeys(names("SensitiveChip.at", settings))
        both = [moved(plan, name, known.get(name, 0.0)) for name in asked]
        smooth = {one.name: one for one in both if not one.whole}
        read, samples = PathwiseChip(chip), self._samples(plan, draws)
        near = self.held.near(plan, chip)
        states = {
            name: [states_of(near(p), read, name) for p in (one.low, one.high)]
            for name, one in smooth.items()
        }
        figures = objectives(self.held.loss, samples.scores(read), self.wanted)
        values, by = (
            samples.derivatives(read, figures) if smooth else (samples.values(read, figures), {})
        )
        counted = self._counted(plan, chip)
        values |= charged(plan, counted, self.ends)
        each = {}
        for one in both:
            plans = one.low, one.high
            if one.whole:
                ends = [values if p is plan else self._values(p, samples, figures) for p in plans]
            else:
                ends = [charged(p, counted, self.ends) for p in plans]
            each[one.name] = _rates(ends, one.apart)
        for (name, pair), (metric, into) in itertools.product(states.items(), by.items()):
            rate = along(into, pair) / smooth[name].apart
            each[name][metric] = each[name].get(metric, 0.0) + rate
        whole = {metric: {name: rate[metric] for name, rate in each.items()} for metric in values}
        of_numbers = STRAIGHT if read.rounds else EXACT
        kinds = {one.name: DIFFERENCE if one.whole else of_numbers for one in both}
        return Sensitivity(values=values, by=whole, kinds=kinds)

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
        draws = require_whole("SensitiveChip.by_weights, draws", draws, low=1)
        plan, chip = self._here({} if changes is None else changes)
        require_single(plan)
        read, samples = PathwiseChip(chip), self._samples(plan, draws)
        figures = objectives(self.held.loss, samples.scores(read), self.wanted)
        _, by = samples.derivatives(read, figures)
        if metric not in by:
            remedy = nearest(metric, by)
            fail("by_weights.metric", f"one of {', '.join(by)}", shown(metric), remedy)
        return along_weights(self.held, plan, read, by[metric])

    def _here(self, changes: Mapping[str, Any]) -> tuple[Experiment, Chip]:
        """Return the experiment with ``changes`` and its chip, whose ADCs are ranged."""
        plan = changed(self.plan, changes)
        return plan, self._ranged(plan)

    def _ranged(self, plan: Experiment) -> Chip:
        """Return the chip of ``plan``, whose ADCs are ranged."""
        chip = self.held.chip(plan)
        build.ranged(chip, self.parts, plan.streams(self.seed))
        return chip

    def _samples(self, plan: Experiment, draws: int) -> Presented:
        """Return the samples that are presented; energy is that of those all runs count."""
        streams = plan.streams(self.seed)
        counted, batch = examples(plan, self.parts)[0], batch_of(self.held.network)
        rng = functools.partial(streams, "sensitivity")
        return Presented(self.x, self.wanted, counted, draws, rng, batch)

    def _values(
        self, plan: Experiment, samples: Presented, figures: dict[str, Objective]
    ) -> dict[str, float]:
        """Return all values of a chip of ``plan``, its ADCs ranged by itself."""
        chip = self._ranged(plan)
        own = samples.values(PathwiseChip(chip), figures)
        return own | charged(plan, self._counted(plan, chip), self.ends)

    def _counted(self, plan: Experiment, chip: Chip) -> Activity:
        """Return what happens in the inferences that energy is counted over."""
        return inferred(plan, chip, self.parts, plan.streams(self.seed))


def _rates(ends: Sequence[dict[str, float]], apart: float) -> dict[str, float]:
    """Return the differences of two ``ends`` that are ``apart``, over that."""
    low, high = ends
    return {metric: (high[metric] - low[metric]) / apart for metric in low}
