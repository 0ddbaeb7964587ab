"""Training an experiment, seed by seed, into a run folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crossbar import files, seals
from crossbar.checks import require_path
from crossbar.circuit.wired import Refreshes
from crossbar.data import Dataset
from crossbar.errors import ConvergenceError
from crossbar.nn import Chip, DivergenceError, Epoch, Evaluation, checkpoint, evaluate, fit
from crossbar.nn.learners.contract import prove
from crossbar.nn.training import divergence
from crossbar.progress import Progress, silent
from crossbar.random import Streams
from crossbar.runs import build, folder, modules
from crossbar.runs.description import configuration
from crossbar.runs.diagnosis import remedy
from crossbar.runs.energy_record import costs, energy_record
from crossbar.runs.experiment import Experiment
from crossbar.runs.fingerprint import require_samples, require_settings
from crossbar.runs.folder import Record
from crossbar.runs.measure import measure
from crossbar.runs.ownership import owned
from crossbar.runs.results import joules, own_metrics, stuck_cells, summary, tested


def train(
    plan: Experiment, out: Path | str, *, progress: Progress = silent, patient: bool = False
) -> Record:
    """Train a chip for every seed of ``plan`` and return the result, which ``out`` keeps.

    A run that was stopped resumes from its last epoch; a finished one is returned as it is.

    Parameters
    ----------
    plan
        The experiment.
    out
        Folder of the run; see :mod:`crossbar.runs.folder`.
    progress
        Called with task, steps done, steps in all and a text.
    patient
        Whether to wait for another process that trains in ``out``.

    Raises
    ------
    OutputError
        If ``out`` holds anything else, cannot be written, or another process trains in it.
    DataError
        If samples or records cannot be used, or are not those that a resumed training began with.
    ConvergenceError
        If training diverges. Where no epoch had ended, what ``out`` has of it is removed.
    """
    out = require_path("train.out", out)
    if folder.finished(out, plan.settings):
        return _result(plan, out)
    dataset = plan.common.data.read(lambda k, n: progress("data", k, n, ""))
    _prove(plan, dataset)
    with folder.unless_empty(out), owned(out, patient=patient):
        if folder.finished(out, plan.settings):  # by another process, while this one prepared
            return _result(plan, out)
        for seed in plan.common.seed:
            _require_resumable(plan, dataset, seed, folder.checkpoint(out, seed))
        folder.claim(out, plan.settings)
        _save_examples(out, dataset)
        try:
            records = [
                _train_seed(plan, seed, dataset, out / f"seed-{seed}", progress)
                for seed in plan.common.seed
            ]
        except ConvergenceError as error:
            if folder.abandoned(out):
                raise
            kept = f"What was learned before stays in {out}."
            raise ConvergenceError(error.message.followed(kept)) from None
        result = summary(plan, dataset, records)
        seals.write_json(out / "result.json", result)
    return result


def _result(plan: Experiment, out: Path) -> Record:
    """Return the result of the finished run in ``out``, whose modules have not changed."""
    result = seals.read_json(out / "result.json")
    modules.require_same(out / "result.json", result, plan.settings)
    return result


def _prove(plan: Experiment, dataset: Dataset) -> None:
    """Raise where ``plan`` has a mistake, before anything is written.

    Ideal lines make the chip that is tried quick. Metrics from outside have its test, and 1 for
    what is counted.
    """
    plan.common.data.repeated(dataset)
    trial = plan.with_hardware(lambda one: one.with_tile(wires=None))
    streams = Streams(plan.common.seed[0])
    chip = build.chip(trial, dataset.ends, streams)
    costs(plan)
    for seed in reversed(plan.common.seed):  # the first one, whose chip is tried, comes last
        parts = build.parts_of(plan.common.data, dataset, seed)
    if plan.common.train.epochs:
        prove(plan.common.train.learner, chip, *parts.train, plan.common.train.gamma)
    if plan.common.metrics:
        seen = test(chip, parts, streams, None)
        counted = dict.fromkeys(("energy_inference", "energy_training", "latency", "cells"), 1.0)
        own_metrics(plan, seen, tested(seen, parts, {}) | counted)


def _train_seed(
    plan: Experiment, seed: int, dataset: Dataset, out: Path, progress: Progress
) -> Record:
    """Train and test one chip; return its record."""
    files.make_folder(out)
    streams = Streams(seed)
    parts = build.parts_of(plan.common.data, dataset, seed)
    chip = build.chip(plan, dataset.ends, streams)
    before = cells(chip, "before")
    try:
        history = learn(plan, chip, parts, streams, progress, folder.checkpoint(out.parent, seed))
    except DivergenceError as error:
        cause = remedy(plan, dataset.ends, parts, streams, error.epoch)
        raise divergence(error.gamma, error.epoch, cause) from None
    rows, columns = [e.record(chip.loss.merit) for e in history], Epoch.columns(chip.loss.merit)
    history_text = pd.DataFrame(rows, columns=columns).to_csv(index=False)
    seals.write_table(out / "history.csv", history_text)
    seals.write_arrays(out / "cells.npz", {**before, **cells(chip, "after")})
    trained = chip.activity.copy()
    ranges = build.ranged(chip, parts, streams)
    seen = test(chip, parts, streams, out)
    activity = measure(plan, chip, parts, streams)
    seals.write_json(out / "activity.json", {k: a.records() for k, a in activity.items()})
    energy = energy_record(plan, dataset.ends, **activity, before=chip.activity)
    seals.write_json(out / "energy.json", energy)
    figures = tested(seen, parts, ranges)
    speed = float(np.mean([epoch.images_per_second for epoch in history])) if history else 0.0
    return {
        "seed": seed,
        **figures,
        **own_metrics(plan, seen, figures | joules(energy)),
        **stuck_cells(chip),
        "training_images_per_second": speed,
        "epochs": len(history),
        "weight_changes_cut": trained.total("saturated"),
        "line_resistance": {n: asdict(log) for n, log in refreshes(chip).items()},
    }


def learn(
    plan: Experiment,
    chip: Chip,
    parts: build.Parts,
    streams: Streams,
    progress: Progress,
    path: Path | None = None,
) -> list[Epoch]:
    """Train ``chip`` as ``plan`` says and return its history; ``path`` keeps every epoch."""
    return fit(
        chip,
        parts.train,
        parts.validation,
        plan.common.train,
        streams=streams,
        progress=lambda _, k, n, text: progress(f"seed {streams.seed}", k, n, text),
        path=path,
        about=_about(plan, parts),
    )


def _about(plan: Experiment, parts: build.Parts) -> Record:
    """Return what a checkpoint keeps of how its chip is trained."""
    known = {"config": configuration(plan), "samples": parts.fingerprint}
    return known | modules.record(plan.settings)


def _require_resumable(plan: Experiment, dataset: Dataset, seed: int, path: Path) -> None:
    """Raise if there is a chip in ``path`` that has learned otherwise, or from other samples."""
    if path.exists():
        now = _about(plan, build.parts_of(plan.common.data, dataset, seed))
        then = checkpoint.about(path)
        require_samples(path, then.get("samples"), now["samples"])
        require_settings(path, then.get("config", {}), now["config"])
        modules.require_same(path, then, plan.settings)


def refreshes(chip: Chip) -> dict[str, Refreshes]:
    """Return for each layer with line resistance how well it followed the learning cells."""
    arrays = {n: w.tile.array for n, w in chip.held.items() if w.tile is not None}
    return {name: array.refreshes for name, array in arrays.items() if array.wires is not None}


def test(chip: Chip, parts: build.Parts, streams: Streams, out: Path | None) -> Evaluation:
    """Evaluate ``chip`` on the test part; keep the decisions in ``out``."""
    seen = evaluate(chip, *parts.test, rng=streams("test"), groups=parts.test_groups)
    if out is not None:
        table = pd.DataFrame({"sample": parts.test_index, **seen.table()})
        files.write(out / "predictions.csv", table.to_csv(index=False))
    return seen


def cells(chip: Chip, when: str) -> dict[str, Any]:
    """Return weights and conductances of every layer, named ``when/layer/what``."""
    arrays = {}
    for name, held in chip.held.items():
        arrays[f"{when}/{name}/weights"] = held.weights.astype(np.float32)
        if held.tile is not None:
            for k, group in enumerate(held.tile.array.cells):
                arrays[f"{when}/{name}/cells{k}"] = group.g.astype(np.float32)
    return arrays


def _save_examples(out: Path, dataset: Dataset) -> None:
    """Keep one sample a class, for pictures."""
    index = dataset.example_index
    names = dataset.names or tuple(f"sample {k}" for k in index)
    examples = {"images": dataset.x[index], "classes": np.array(names), **dataset.examples}
    seals.write_arrays(out / "examples.npz", examples)
