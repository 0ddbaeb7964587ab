"""Training an experiment, seed by seed, into a run folder, and the chips that it holds."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crossbar import files
from crossbar.audio import WindowSet
from crossbar.errors import DataError, fail, message
from crossbar.experiment import build, folder
from crossbar.experiment.energetics import energy_record
from crossbar.experiment.folder import Record
from crossbar.experiment.measure import measure
from crossbar.experiment.overlay import override
from crossbar.experiment.settings import Experiment, describe, experiment, sources
from crossbar.intervals import student, student_name
from crossbar.nn import Chip, Epoch, Evaluation, evaluate, fit
from crossbar.nn.checkpoint import load
from crossbar.random import Streams
from crossbar.tile import TileState
from crossbar.wired import Refreshes

Progress = Callable[[str, int, int, str], None]
ONE_SEED = "Wilson, over the test windows of one seed, as many as their recordings are worth"
MEANS = ("accuracy", "loss", "precision", "recall", "f1", "images_per_second")


def silent(task: str, done: int, total: int, text: str) -> None:
    """Report no progress."""


def train(plan: Experiment, out: Path, *, progress: Progress = silent) -> Record:
    """Train a chip for every seed of ``plan`` and return the result, which ``out`` keeps.

    A folder that holds the same run unfinished is gone on from at its last epoch; a finished one
    is returned as it is.

    Parameters
    ----------
    plan
        The experiment.
    out
        Folder of the run; see :mod:`crossbar.experiment.folder`.
    progress
        Called with task, steps done, steps in all and a text.
    """
    if folder.finished(out, plan.settings):
        return dict(folder.read_json(out / "result.json"))
    windows = build.window_set(plan.common.data, lambda k, n: progress("data", k, n, ""))
    # Every mistake shows before anything is written; ideal lines make the trial chip quick.
    trial = replace(plan, tile=replace(plan.tile, wires=None))
    build.chip(trial, len(windows.classes), Streams(plan.common.seed[0]))
    for seed in plan.common.seed:
        build.split(plan.common.data, windows, Streams(seed))
    folder.claim(out, plan.settings)
    _save_examples(out, windows)
    records = [
        _train_seed(plan, seed, windows, out / f"seed-{seed}", progress)
        for seed in plan.common.seed
    ]
    result = summary(plan, windows, records)
    folder.write_json(out / "result.json", result)
    return result


def _train_seed(
    plan: Experiment, seed: int, windows: WindowSet, out: Path, progress: Progress
) -> Record:
    """Train and test one chip; return its record."""
    files.make_folder(out)
    streams = Streams(seed)
    parts = build.split(plan.common.data, windows, streams)
    chip = build.chip(plan, len(windows.classes), streams)
    before = cells(chip, "before")
    history = learn(plan, chip, parts, streams, progress, out / "checkpoint.npz")
    rows = [asdict(epoch) for epoch in history]
    files.write(out / "history.csv", pd.DataFrame(rows).to_csv(index=False))
    folder.write_arrays(out / "cells.npz", {**before, **cells(chip, "after")})
    trained = chip.activity.copy()
    seen = test(chip, parts, streams, out)
    activity = measure(plan, chip, parts, streams)
    folder.write_json(out / "activity.json", {k: a.records() for k, a in activity.items()})
    energy = energy_record(plan, len(windows.classes), **activity)
    folder.write_json(out / "energy.json", energy)
    speed = float(np.mean([epoch.images_per_second for epoch in history])) if history else 0.0
    return {
        "seed": seed,
        **tested(seen, parts),
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
        progress=lambda k, n, text: progress(f"seed {streams.seed}", k, n, text),
        path=path,
    )


def refreshes(chip: Chip) -> dict[str, Refreshes]:
    """Return for each layer with line resistance how well it followed the learning cells."""
    arrays = {n: w.array for n, w in chip.held.items() if isinstance(w, TileState)}
    return {name: array.refreshes for name, array in arrays.items() if array.wires is not None}


def test(chip: Chip, parts: build.Parts, streams: Streams, out: Path | None) -> Evaluation:
    """Evaluate ``chip`` on the test part; keep the decisions in ``out``."""
    seen = evaluate(chip, *parts.test, rng=streams("test"), groups=parts.test_groups)
    if out is not None:
        table = pd.DataFrame({"window": parts.test_index, "label": seen.labels})
        table["decision"] = seen.decisions
        for k in range(seen.probabilities.shape[1]):
            table[f"p{k}"] = seen.probabilities[:, k]
        files.write(out / "predictions.csv", table.to_csv(index=False))
    return seen


def tested(seen: Evaluation, parts: build.Parts) -> Record:
    """Return the figures of ``seen``, and how its split bears on intervals over seeds."""
    return seen.record() | {"resampling": parts.resampling}


def cells(chip: Chip, when: str) -> dict[str, Any]:
    """Return weights and conductances of every layer, named ``when/layer/what``."""
    arrays = {}
    for name, held in chip.held.items():
        arrays[f"{when}/{name}/weights"] = held.weights.astype(np.float32)
        if isinstance(held, TileState):
            for k, group in enumerate(held.array.cells):
                arrays[f"{when}/{name}/cells{k}"] = group.g.astype(np.float32)
    return arrays


def summary(plan: Experiment, windows: WindowSet, records: list[Record]) -> Record:
    """Return the result over all seeds: means, interval, and the records themselves."""
    result: Record = {name: float(np.mean([r[name] for r in records])) for name in MEANS}
    result["accuracy_ci95"] = records[0]["accuracy_ci95"]
    result["interval"] = ONE_SEED
    if len(records) > 1:
        resampling = max(r["resampling"] for r in records)
        found = student([r["accuracy"] for r in records], resampling=resampling).within(0, 1)
        result["accuracy_ci95"] = (found.low, found.high)
        result["interval"] = f"{student_name(resampling)}, over {len(records)} seeds"
    common = plan.common
    return result | {
        "split": common.data.split_name,
        "seeds": list(common.seed),
        "device": plan.kind,
        "device_source": sources(plan),
        "classes": list(windows.classes),
        "windows": len(windows),
        "windows_by_class": {k: list(n) for k, n in windows.counts().items()},
        "silent_windows_dropped": windows.dropped,
        "data_source": windows.source,
        "per_seed": records,
        "config": {
            "device": describe(plan.device),
            "tile": describe(plan.tile),
            **{k: describe(getattr(common, k)) for k in common.__dataclass_fields__},
        },
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions of what a result depends on."""
    packages = ("crossbar-sim", "numpy", "scipy", "numba", "soundfile")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def _save_examples(out: Path, windows: WindowSet) -> None:
    """Keep one example recording a class with its spectrogram, for pictures."""
    examples = {
        "waveforms": windows.examples,
        "images": windows.images[windows.example_index],
        "classes": np.array(windows.classes),
    }
    folder.write_arrays(out / "windows.npz", examples)


def load_plan(out: Path, assignments: list[str]) -> Experiment:
    """Return the experiment of a finished run in ``out``, with ``key=value`` changes.

    Raises
    ------
    ConfigError
        If a change would test the chip on what it learned from, or on another network.
    DataError
        If the run is not finished.
    """
    if not (out / "result.json").exists():
        remedy = "Finish it with `crossbar train`, which goes on from the last epoch."
        text = message(str(out), "a finished run (result.json)", "none", remedy)
        raise DataError(text)
    settings = folder.read_json(out / "run.json")["settings"]
    trained = experiment(settings)
    if not assignments:
        return trained
    plan = experiment(override(settings, assignments))
    if plan.common.seed != trained.common.seed:
        refuse("seed")
    refuse_relearning(plan, trained)
    return plan


def refuse_relearning(plan: Experiment, trained: Experiment) -> None:
    """Raise if ``plan`` would test chips of ``trained`` on what they learned, or another network.

    Raises
    ------
    ConfigError
        If learning, network or samples differ, under the name of the setting.
    """
    for section in ("data", "network", "train"):
        now, then = getattr(plan.common, section), getattr(trained.common, section)
        for name in (f.name for f in fields(now)):
            if (section, name) != ("data", "path") and getattr(now, name) != getattr(then, name):
                refuse(f"{section}.{name}")


def refuse(setting: str) -> NoReturn:
    """Raise the error that names a ``setting`` which training has settled."""
    remedy = "Train anew with it: crossbar train ... --out another folder."
    fail(setting, "a setting that may change after training", "one that may not", remedy)


def trained_chip(plan: Experiment, classes: int, seed: int, out: Path) -> Chip:
    """Return the chip of ``seed`` as training left it, with the non-idealities of ``plan``.

    Read noise, faults, converters, blocks and reading may differ from the run; cells that ``plan``
    calls stuck are stuck, whatever training left in them. Where the device itself, the mapping or
    the arrays differ, the chip is a new one; see :func:`new_chip`.
    """
    trained, learned = learned_chip(out, seed, classes)
    if not same_cells(plan, trained):
        return new_chip(plan, learned, Streams(seed))
    chip = build.chip(plan, classes, Streams(seed))
    chip.restore(learned.arrays())
    chip.activity.replace(learned.activity)
    return chip


def new_chip(plan: Experiment, learned: Chip, streams: Streams) -> Chip:
    """Return a chip that ``streams`` fabricate, programmed with the weights of ``learned``.

    The weights use its whole range (headroom 1) unless ``plan`` sets a headroom.
    """
    weights = {name: held.weights.mean(axis=0) for name, held in learned.held.items()}
    mapping = plan.settings.get("tile", {}).get("mapping", {})
    if not (isinstance(mapping, dict) and "headroom" in mapping):
        full = replace(plan.tile.mapping, headroom=1.0)
        plan = replace(plan, tile=replace(plan.tile, mapping=full))
    return build.chip(plan, learned.network.classes, streams, weights)


def learned_chip(out: Path, seed: int, classes: int) -> tuple[Experiment, Chip]:
    """Return the experiment of the run in ``out`` and its chip of ``seed``; change neither.

    Both are kept for the next call, until the files change.

    Raises
    ------
    DataError
        If the run is not finished, has no such seed or a damaged checkpoint.
    """
    path = out / f"seed-{seed}" / "checkpoint.npz"
    files = [p for p in (out / "run.json", out / "result.json", path) if p.exists()]
    stamps = tuple((p.stat().st_mtime_ns, p.stat().st_size) for p in files)
    return _learned_chip(out.absolute(), path.absolute(), seed, classes, stamps)


@lru_cache(maxsize=4)
def _learned_chip(
    out: Path, path: Path, seed: int, classes: int, stamps: tuple[tuple[int, int], ...]
) -> tuple[Experiment, Chip]:
    """Return what :func:`learned_chip` does, of files with these times and sizes."""
    trained = load_plan(out, [])
    if not path.exists():
        remedy = "Finish the run with `crossbar train`, or choose a seed that it has."
        raise DataError(message(str(path), "a checkpoint", "none", remedy))
    chip = build.chip(trained, classes, Streams(seed))
    load(path, chip)
    return trained, chip


def same_cells(plan: Experiment, trained: Experiment) -> bool:
    """Return whether ``plan`` has the cells of ``trained``, but for noise of reads and faults."""
    cells = []
    for p in (plan, trained):
        device = describe(p.device) or {}
        own = {k: v for k, v in device.items() if k not in ("sigma_read", "sigma_read_value")}
        cells.append((p.kind, own, p.tile.mapping, p.tile.size, p.common.network.copies))
    return cells[0] == cells[1] or plan.device is trained.device is None
