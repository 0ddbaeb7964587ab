"""One run of a sweep: train a chip and test it, or test a trained chip again."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path

from crossbar.checks import require_path
from crossbar.data import Dataset, Ends
from crossbar.energy.physical import breakdown
from crossbar.errors import ConfigError, ConvergenceError
from crossbar.nn import Chip
from crossbar.progress import Progress, silent
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.conditions import UNCHANGED, Conditions, conditioned
from crossbar.runs.description import samples
from crossbar.runs.energy_record import chip_latency, costs, energy_record
from crossbar.runs.experiment import Experiment, sources
from crossbar.runs.folder import Record
from crossbar.runs.measure import inferred, learnt
from crossbar.runs.metrics import Measured, known, values
from crossbar.runs.results import cells, joules, own_metrics, stuck_cells, summary, tested
from crossbar.runs.trained import (
    learned_chip,
    load_plan,
    refuse_relearning,
    require_chips,
    same_cells,
)
from crossbar.runs.training import learn, test

Outcome = tuple[dict[str, float], Record]


def trial(plan: Experiment, seed: int, dataset: Dataset, *, progress: Progress = silent) -> Outcome:
    """Train a chip of ``plan`` in memory and test it.

    Parameters
    ----------
    plan
        The experiment; its own list of seeds is not looked at.
    seed
        Seed of the split, the chip and the training.
    dataset
        Samples, from :meth:`crossbar.data.Data.dataset`.
    progress
        Called with task, steps done, steps in all and a text.

    Returns
    -------
    metrics : dict
        Those of :data:`crossbar.runs.metrics.METRICS` and of ``plan``: energies are by the physical
        convention and per image, latency and cells of the plan's own number of copies.
    detail : dict
        energy, confusion, classes, split, data_source, data, device_source, windows and
        history.
    """
    streams = Streams(seed)
    parts = build.parts_of(plan.common.data, dataset, seed)
    chip = build.chip(plan, dataset.ends, streams)
    history = learn(plan, chip, parts, streams, progress)
    metrics, detail = _outcome(plan, chip, parts, dataset, streams)
    return metrics, detail | {"history": [epoch.record(chip.loss.merit) for epoch in history]}


def retrial(
    plan: Experiment,
    run: Path,
    seed: int,
    dataset: Dataset,
    conditions: Conditions = UNCHANGED,
) -> Outcome:
    """Test the trained chip of a finished run under ``plan`` and ``conditions``.

    Parameters
    ----------
    plan
        The experiment, possibly with other non-idealities than the chip was trained with.
    run
        Folder that :func:`crossbar.runs.train` wrote.
    seed
        Which chip of the run.
    dataset
        Samples, as for :func:`trial`.
    conditions
        What happens to the chip before the test.

    Returns
    -------
    metrics, detail
        As of :func:`trial`; in place of ``history`` detail has ``weights`` (how the chip came to
        hold them) and ``compensation`` (factor of every layer whose drift is compensated).
        Calibration is part of no image, so its energy is not in the metrics.

    Raises
    ------
    ConfigError
        If ``plan`` changes what training has settled.
    DataError
        If the run is not finished or has no such seed.
    """
    trained, _ = learned_chip(run, seed, dataset)
    refuse_relearning(plan, trained)
    parts = build.parts_of(plan.common.data, dataset, seed)
    chip = conditioned(plan, run, seed, dataset, conditions)
    metrics, detail = _outcome(plan, chip, parts, dataset, conditions.streams(seed))
    factors = {n: w.compensation for n, w in chip.held.items() if w.compensation is not None}
    held = _held(plan, trained, conditions)
    return metrics, detail | {"weights": held, "compensation": factors}


def evaluate_run(
    plan: Experiment,
    out: Path | str,
    *,
    conditions: Conditions = UNCHANGED,
    progress: Progress = silent,
) -> Record:
    """Test the trained chips of the run in ``out`` under ``plan``; return the result.

    Parameters
    ----------
    plan
        The experiment, possibly with other non-idealities than it was trained with.
    conditions
        What happens to the chips before the test.
    """
    out = require_path("evaluate_run.out", out)
    dataset = plan.common.data.read(lambda k, n: progress("data", k, n, ""))
    require_chips(out, plan.common.seed, dataset)
    records = []
    for k, seed in enumerate(plan.common.seed):
        progress("evaluate", k, len(plan.common.seed), f"seed {seed}")
        parts = build.parts_of(plan.common.data, dataset, seed)
        chip = conditioned(plan, out, seed, dataset, conditions)
        ranges = build.ranged(chip, parts, conditions.streams(seed))
        seen = test(chip, parts, conditions.streams(seed), None)
        figures = tested(seen, parts, ranges)
        figures |= own_metrics(plan, seen, figures) | stuck_cells(chip)
        records.append({"seed": seed, **figures})
    held = _held(plan, load_plan(out, []), conditions)
    return summary(plan, dataset, records) | asdict(conditions) | {"weights": held}


def _held(plan: Experiment, trained: Experiment, conditions: Conditions) -> str:
    """Return how a tested chip came to hold its weights."""
    kept = conditions.chip is None and same_cells(plan, trained)
    return "as training left them" if kept else "programmed into new cells"


def _outcome(
    plan: Experiment, chip: Chip, parts: build.Parts, dataset: Dataset, streams: Streams
) -> Outcome:
    """Test ``chip``, count its energy and return metrics and detail."""
    ends = dataset.ends
    ranges = build.ranged(chip, parts, streams)
    evaluation = test(chip, parts, streams, None)
    seen = tested(evaluation, parts, ranges)
    row = chip_latency(plan, ends)
    energies, figures = _energies(plan, chip, parts, streams, ends)
    counted = energies | {"latency": row.seconds, "cells": float(row.cells)}
    metrics = values(Measured(evaluation, seen | counted), known(plan.common.metrics))
    detail: Record = figures | {
        "confusion": seen.get("confusion"),
        "classes": list(dataset.names),
        "split": plan.common.data.split.of(dataset),
        "data_source": dataset.source,
        "data": samples(plan.common.data, dataset),
        "device_source": sources(plan),
        "windows": len(dataset),
        **cells(plan),
    }
    return metrics, detail | ({"adc": ranges} if ranges else {})


def _energies(
    plan: Experiment, chip: Chip, parts: build.Parts, streams: Streams, ends: Ends
) -> Outcome:
    """Count energy; that of training is NaN for a chip whose signals run away when it learns."""
    inference = inferred(plan, chip, parts, streams)
    try:
        training = learnt(plan, chip, parts, streams)
    except (ConvergenceError, ConfigError) as error:
        rows = breakdown(inference, costs(plan), phase="inference")
        counted = {"energy_inference": sum(row.energy for row in rows), "energy_training": math.nan}
        return counted, {"energy_missing": f"the chip cannot learn: {error}"}
    energy = energy_record(plan, ends, inference, training, chip.activity)
    return joules(energy), {"energy": energy}
