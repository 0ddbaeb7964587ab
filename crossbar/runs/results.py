"""The result of a run: what each chip got right, and all of them together."""

from __future__ import annotations

import math
import platform
from importlib.metadata import version

import numpy as np

from crossbar.circuit.cell_names import cell_names, cells_in_words
from crossbar.data import Dataset
from crossbar.devices import drifts
from crossbar.intervals import student, student_name
from crossbar.nn import Chip, Evaluation, Range
from crossbar.runs import build, modules
from crossbar.runs.description import configuration, samples
from crossbar.runs.experiment import Experiment, sources
from crossbar.runs.folder import Record
from crossbar.runs.meanings import meanings_of
from crossbar.runs.metrics import Better, Measured, known, values

SPEED = "images_per_second"  # of the simulation, no metric of the chip


def joules(energy: Record) -> Record:
    """Return the energy of an inference and of a training step by the physical convention."""
    return {name: energy["physical"][name] for name in ("energy_inference", "energy_training")}


def tested(seen: Evaluation, parts: build.Parts, ranges: dict[str, Range]) -> Record:
    """Return the figures of ``seen`` and how its split bears on intervals.

    Where there are some, ranges of ADCs and the number of probabilities outside 0 to 1 are there.
    """
    noted: Record = {"adc": ranges, "probabilities_outside": seen.outside}
    said = {name: value for name, value in noted.items() if value}
    return seen.record() | {"resampling": parts.resampling} | said


def own_metrics(plan: Experiment, seen: Evaluation, figures: Record) -> dict[str, float]:
    """Return the numbers that the metrics of ``plan`` give, of a test with these ``figures``."""
    return values(Measured(seen, figures), plan.common.metrics)


def weight_cells(plan: Experiment) -> Record:
    """Return names, plane by plane, and words of the cells of a weight, of the chip and layers."""
    kinds = {"tile": plan.hardware} | {f"layers.{name}": own for name, own in plan.layers.items()}
    planes = {k: own.tile.mapping.planes for k, own in kinds.items() if own.device is not None}
    return {k: {"names": cell_names(p), "words": cells_in_words(p)} for k, p in planes.items()}


def cells(plan: Experiment) -> Record:
    """Return whether time moves any conductance of a chip of ``plan``, and if all are ohmic."""
    chosen = [own.device for own in (plan.hardware, *plan.layers.values())]
    devices = [device for device in chosen if device is not None]
    return {
        "drifts": any(map(drifts, devices)),
        "ohmic": all(device.conduction.ohmic for device in devices),
    }


def stuck_cells(chip: Chip) -> Record:
    """Return how many cells of each physical array are stuck on, off, and there; none: empty."""
    tiles = [w.tile for w in chip.held.values() if w.tile is not None]
    counts = {name: list(count) for tile in tiles for name, count in tile.stuck.items()}
    return {"stuck_cells": counts} if any(on or off for on, off, _ in counts.values()) else {}


def summary(plan: Experiment, dataset: Dataset, records: list[Record]) -> Record:
    """Return the result over all seeds: means, interval, and the records themselves."""
    own = plan.common.metrics
    judged = [m.name for m in known(own) if m in own or m.better is not Better.NEITHER]
    names = (*judged, SPEED)
    result: Record = {name: float(np.mean([r[name] for r in records])) for name in names
                      if all(name in r for r in records)}  # fmt: skip
    common = plan.common
    merit = build.loss(plan, dataset.ends).merit
    result |= _interval(dataset, records, merit)
    return result | {
        "split": common.data.split.of(dataset),
        "seeds": list(common.seed),
        "device": plan.kind,
        "device_source": sources(plan),
        "classes": list(dataset.names),
        "windows": len(dataset),
        "windows_by_class": {k: list(n) for k, n in dataset.counts().items()},
        "silent_windows_dropped": dataset.dropped,
        "files_skipped": list(dataset.skipped),
        "data_source": dataset.source,
        "data": samples(common.data, dataset),
        "per_seed": records,
        "weight_cells": weight_cells(plan),
        **cells(plan),
        "merit": merit,
        "config": configuration(plan),
        "meanings": meanings_of(plan),
        "metrics": {metric.name: metric.record for metric in known(plan.common.metrics)},
        "versions": versions(),
        **modules.record(plan.settings),
    }


def _interval(dataset: Dataset, records: list[Record], merit: str) -> Record:
    """Return the 95 % interval of the figure of ``merit``, its limits null where none is known."""
    words = dataset.words
    if len(records) > 1:
        resampling = max(r["resampling"] for r in records)
        least = -math.inf if dataset.regression else 0.0
        mean = student([r[merit] for r in records], resampling=resampling).within(least, 1)
        name = f"{student_name(resampling)}, over {len(records)} seeds"
        return {f"{merit}_ci95": (mean.low, mean.high), "interval": name}
    if dataset.regression:
        return {f"{merit}_ci95": (None, None), "interval": "none of one seed"}
    name = f"Wilson, over the test {words.sample}s of one seed"
    if dataset.groups is not None:
        name += f", as many as their {words.group}s are worth"
    return {f"{merit}_ci95": records[0][f"{merit}_ci95"], "interval": name}


def versions() -> dict[str, str]:
    """Return the versions of what a result depends on."""
    packages = ("crossbar-sim", "numpy", "scipy", "numba", "soundfile")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
