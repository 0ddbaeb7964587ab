"""One run: train a chip and test it, or test a trained chip again."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path

import numpy as np

from crossbar import files
from crossbar.activity import Activity
from crossbar.data import Dataset, Ends
from crossbar.energy.physical import breakdown
from crossbar.errors import ConfigError, ConvergenceError
from crossbar.nn import Chip, DivergenceError, Epoch, Evaluation, evaluate, fit
from crossbar.nn.training import divergence
from crossbar.progress import Progress, silent
from crossbar.random import Streams
from crossbar.runs import build, chip_files
from crossbar.runs.conditions import UNCHANGED, Conditions, conditioned
from crossbar.runs.energy_record import costs, energy_record, inferred, learnt
from crossbar.runs.experiment import Experiment
from crossbar.runs.latency import chip_latency
from crossbar.runs.metrics import Measured, known, values
from crossbar.runs.noiseless import divergence_remedy
from crossbar.runs.repair_record import repair_figures
from crossbar.runs.results import described, joules, stuck_cells
from crossbar.runs.spike_record import spikes_of
from crossbar.runs.store import places
from crossbar.runs.store.result import ASSUMED
from crossbar.runs.trained import after_training, learned_chip, refuse_relearning, same_cells
from crossbar.types import Integers, Record

Outcome = tuple[dict[str, float], Record]


def trial(
    plan: Experiment,
    seed: int,
    dataset: Dataset,
    *,
    progress: Progress = silent,
    place: Path | None = None,
) -> Outcome:
    """Train a chip of ``plan`` and test it.

    Parameters
    ----------
    plan
        The experiment; its own list of seeds is not looked at.
    seed
        Seed of the split, the chip and the training.
    dataset, progress
        Samples, from :meth:`crossbar.data.Data.dataset`, and what is called with task, steps done,
        steps in all and a text.
    place
        Folder that keeps the chip, see :mod:`crossbar.runs.chip_files`, and the training, which
        resumes there; None for none.

    Returns
    -------
    metrics : dict
        Those of :data:`crossbar.runs.metrics.METRICS` and of ``plan``: energies are by the physical
        convention and per image, latency and cells of the copies that ``plan`` has.
    detail : dict
        :func:`crossbar.runs.results.described`, energy, ``confusion``, ``history`` and the like.

    Raises
    ------
    ConvergenceError
        If training diverges.
    DataError
        If the chip in ``place`` learned otherwise.
    """
    streams = plan.streams(seed)
    parts = build.parts_of(plan.common.data, dataset, seed)
    if place is not None:
        files.make_folder(place)
        chip_files.require_resumable(place, plan, parts)
    chip = build.chip(plan, dataset.ends, streams)
    before = chip_files.cells(after_training(plan, chip, streams), "before") if place else {}
    try:
        history = _learn(plan, chip, parts, streams, progress, place)
    except DivergenceError as error:
        if place is None:
            raise
        cause = divergence_remedy(plan, dataset.ends, parts, streams, error.epoch)
        raise divergence(error.gamma, error.epoch, cause) from None
    learned = _learned(chip, history)
    chip = after_training(plan, chip, streams)
    if place is not None:
        chip_files.keep(place, before | chip_files.cells(chip, "after"), dataset)
    metrics, detail = _outcome(plan, chip, parts, dataset, streams, place)
    return metrics, detail | learned


def _learn(
    plan: Experiment,
    chip: Chip,
    parts: build.Parts,
    streams: Streams,
    progress: Progress,
    place: Path | None,
) -> list[Epoch]:
    """Train ``chip`` as ``plan`` says and return its history; ``place`` keeps every epoch."""
    return fit(
        chip, parts.train, parts.validation, plan.common.train,
        streams=streams,
        learner=plan.common.learner,
        progress=lambda _, k, n, text: progress(f"seed {streams.seed}", k, n, text),
        path=place and place / places.CHECKPOINT,
        about=chip_files.about(plan, parts),
    )  # fmt: skip


def _learned(chip: Chip, history: list[Epoch]) -> Record:
    """Return what is noted of how ``chip`` learned."""
    held = {name: w.tile.array for name, w in chip.held.items() if w.tile is not None}
    lines = {name: array.refreshes for name, array in held.items() if array.wires is not None}
    speeds = [epoch.images_per_second for epoch in history]
    return {
        "history": [epoch.record(chip.loss.merit) for epoch in history],
        "epochs": len(history),
        "training_images_per_second": float(np.mean(speeds)) if speeds else 0.0,
        "weight_changes_cut": chip.activity.total("saturated"),
        "line_resistance": {name: asdict(log) for name, log in lines.items()},
    }


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
        hold them), ``compensation`` (factors of every layer whose drift is compensated) and
        ``repair`` (what a repair took, which is part of no image: metrics have it apart, and
        ``assumed_costs`` the share of its energy whose cost is assumed).

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
    under = conditions.stressed(plan)
    chip, before, counts = conditioned(under, run, seed, dataset, conditions)
    took, shares = ({}, {}) if counts is None else repair_figures(under, dataset.ends, chip, counts)
    streams = conditions.streams(under, seed)
    then = chip_files.decided(places.place(run, seed))
    metrics, detail = _outcome(
        under, chip, parts, dataset, streams, before=before, took=took, then=then
    )
    factors = {n: w.compensation for n, w in chip.held.items() if w.compensation is not None}
    gains = {n: f.tolist() if f.size > 1 else f.item() for n, f in factors.items()}
    if counts is not None:
        detail |= {"repair": counts.records(), ASSUMED: shares}
    kept = conditions.chip is None and same_cells(under, trained)
    held = "as training left them" if kept else "programmed into new cells"
    return metrics, detail | {"weights": held, "compensation": gains}


def _outcome(
    plan: Experiment,
    chip: Chip,
    parts: build.Parts,
    dataset: Dataset,
    streams: Streams,
    place: Path | None = None,
    before: Activity | None = None,
    took: dict[str, float] | None = None,
    then: Integers | None = None,
) -> Outcome:
    """Test ``chip``, count its energy and return metrics and detail; ``place`` keeps decisions.

    ``took`` are figures of a repair, and ``before`` what the chip had counted before it; ``then``
    are the decisions of the trained chip.
    """
    ranges = build.ranged(chip, parts, streams)
    evaluation = tested(chip, parts, streams)
    if place is not None:
        chip_files.keep_decisions(place, parts, evaluation)
    seen = evaluation.record() | {"resampling": parts.resampling}
    row = chip_latency(plan, dataset.ends)
    energies, counted = _energies(plan, chip, before or chip.activity, parts, streams, dataset.ends)
    figures = seen | energies | {"latency": row.seconds, "cells": float(row.cells)} | (took or {})
    if then is not None:
        figures |= {"agreement": float(np.mean(evaluation.table()["decision"] == then))}
    metrics = values(Measured(evaluation, figures), known(plan.common.metrics))
    noted: Record = {"adc": ranges, "probabilities_outside": evaluation.outside}
    noted |= {"stuck_cells": stuck_cells(chip), "spikes": spikes_of(chip, parts, streams)}
    detail = {name: value for name, value in seen.items() if name not in metrics} | counted
    detail |= {name: value for name, value in noted.items() if value}
    return metrics, detail | described(plan, dataset)


def tested(chip: Chip, parts: build.Parts, streams: Streams) -> Evaluation:
    """Return how ``chip`` does on the test part."""
    return evaluate(chip, *parts.test, rng=streams("test"), groups=parts.test_groups)


def _energies(
    plan: Experiment,
    chip: Chip,
    before: Activity,
    parts: build.Parts,
    streams: Streams,
    ends: Ends,
) -> Outcome:
    """Count energy; that of training is NaN for a chip whose signals run away when it learns.

    ``before`` is what was counted on the chip until then, its repair left out.
    """
    inference = inferred(plan, chip, parts, streams)
    try:
        training = learnt(plan, chip, parts, streams)
    except (ConvergenceError, ConfigError) as error:
        rows = breakdown(inference, costs(plan), phase="inference")
        counted = {"energy_inference": sum(row.energy for row in rows), "energy_training": math.nan}
        return counted, {"energy_missing": f"the chip cannot learn: {error}"}
    energy = energy_record(plan, ends, inference, training, before)
    activity = {"inference": inference.records(), "training": training.records()}
    return joules(energy), {"energy": energy, "activity": activity}
