"""What a result says of its experiment, beside what the chips did."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

from crossbar.circuit.cell_names import cell_names, cells_in_words
from crossbar.data import Dataset
from crossbar.devices import drifts
from crossbar.meaning import Meaning, meanings
from crossbar.nn import Chip
from crossbar.runs import build
from crossbar.runs.conditions import Conditions
from crossbar.runs.experiment import Experiment, sources
from crossbar.runs.fingerprint import module_record
from crossbar.runs.hardware import Hardware
from crossbar.runs.metrics import known
from crossbar.runs.store.result import ABOUT
from crossbar.types import Record

DRAW = Meaning("draw of the posterior of the device")


def joules(energy: Record) -> dict[str, float]:
    """Return the energy of an inference and of a training step by the physical convention."""
    return {name: energy["physical"][name] for name in ("energy_inference", "energy_training")}


def described(plan: Experiment, dataset: Dataset) -> Record:
    """Return what the chips of ``plan`` are and what they are tested on, by the names ``ABOUT``."""
    chosen = [own.device for own in (plan.hardware, *plan.layers.values())]
    devices = [device for device in chosen if device is not None]
    about = (
        plan.common.data.split.of(dataset),
        plan.kind,
        sources(plan),
        list(dataset.names),
        len(dataset),
        {name: list(counts) for name, counts in dataset.counts().items()},
        dataset.dropped,
        list(dataset.skipped),
        dataset.source,
        _samples(plan, dataset),
        weight_cells(plan),
        any(map(drifts, devices)),
        all(device.conduction.ohmic for device in devices),
        build.loss(plan, dataset.ends).merit,
    )
    return dict(zip(ABOUT, about, strict=True))


def _samples(plan: Experiment, dataset: Dataset) -> Record:
    """Return what the samples are."""
    words = dataset.words
    return {
        "sample": words.sample,
        "group": words.group,
        "grouped": dataset.groups is not None,
        "regression": dataset.regression,
        "seen": dataset.seen,
        "form": dataset.form,
        "made": words.made,
        "normalised": plan.common.data.normalise.words,
        "limits": list(dataset.limits),
    }


def weight_cells(plan: Experiment) -> Record:
    """Return names, plane by plane, and words of the cells of a weight, of the chip and layers."""
    kinds = {"tile": plan.hardware} | {f"layers.{name}": own for name, own in plan.layers.items()}
    planes = {k: own.tile.mapping.planes for k, own in kinds.items() if own.device is not None}
    return {k: {"names": cell_names(p), "words": cells_in_words(p)} for k, p in planes.items()}


def stuck_cells(chip: Chip) -> Record:
    """Return how many cells of each physical array are stuck on, off, and there; none: empty."""
    tiles = [w.tile for w in chip.held.values() if w.tile is not None]
    counts = {name: list(count) for tile in tiles for name, count in tile.stuck.items()}
    return counts if any(on or off for on, off, _ in counts.values()) else {}


def noted(plan: Experiment) -> Record:
    """Return what a result says of ``plan``, beside what its chips did."""
    metrics = {metric.name: metric.record for metric in known(plan.common.metrics)}
    return {
        "config": plan.configuration,
        "meanings": meanings_of(plan),
        "metrics": metrics,
        "versions": versions(),
        **module_record(plan.settings),
    }


def meanings_of(plan: Experiment) -> dict[str, Meaning]:
    """Return words and unit of every setting of ``plan`` by its dotted name, as records keep it."""
    known = {"device.kind": Meaning("device"), **_hardware(plan.hardware, "device", "tile")}
    for name, own in plan.layers.items():
        known |= _hardware(own, f"layers.{name}.device", f"layers.{name}")
    known |= meanings(plan.common) | plan.common.network.meanings("network")
    return known | meanings(Conditions(), "test")


def _hardware(hardware: Hardware, device: str, tile: str) -> dict[str, Meaning]:
    cells: Any = hardware.device
    known = {} if cells is None else {f"{device}.draw": DRAW} | meanings(cells, device)
    return known | meanings(hardware.tile, tile)


def versions() -> dict[str, str]:
    """Return the versions of what a result depends on."""
    packages = ("crossbar-sim", "numpy", "scipy", "numba", "soundfile")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
