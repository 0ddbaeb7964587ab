"""A network on a chip: arrays, cells, time, energy and area of every matrix, and their sums."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from crossbar.data import Ends, RandomNumbers
from crossbar.energy import Latency, OperationCounts, Row, breakdown, digital
from crossbar.energy.latency import CYCLE
from crossbar.errors import fail
from crossbar.nn import Convolution, Convolution1d, Network
from crossbar.progress import Progress, reporting, shown
from crossbar.runs import build
from crossbar.runs.energy_record import costs, few_samples, inferred, scaling
from crossbar.runs.experiment import Experiment
from crossbar.runs.latency import chip_latency, path_of
from crossbar.runs.mapped_layer import MappedLayer, mapped_layer
from crossbar.runs.store.result import kept_energy
from crossbar.sources import is_assumed
from crossbar.types import Record

BESIDE = (
    "area has cells, a DAC or a switch a word line, a sample and hold a sensed line, and ADCs, all "
    "for forward reads, and no wiring, decoders, control, buffers or digital logic",
    "an operation is a multiplication by a driven line, and its addition",
)


RANDOM = (
    "the inputs are random numbers, with which energy is counted, and the softmax that classes "
    "need is left out; samples of your own (DATA.npz) have both"
)
WASTED = 0.5  # share of cells below which a convolution in groups has a note
NAMED = 4  # of these convolutions are named


@reporting
def chip_map(plan: Experiment, *, progress: Progress = shown) -> Record:
    """Return what the chip of ``plan`` with initial weights takes, as plain values.

    Events are counted over ``energy.images`` training samples, as in
    :func:`crossbar.runs.energy`, and charged by the same costs.

    Returns
    -------
    record
        ``layers``, the fields of :class:`MappedLayer` of every matrix, and ``total``.
    """
    few = few_samples(plan, progress)
    counted = inferred(plan, few.chip, few.parts, few.streams)
    operations = counted.total("mac_forward") / counted.total("images")
    return mapped(plan, few.ends, breakdown(counted, costs(plan), phase="inference"), operations)


def trained_map(folder: Path, plan: Experiment, ends: Ends) -> Record:
    """Return what the first trained chip in ``folder`` takes, from what was counted on it."""
    energy = kept_energy(folder)["physical"]
    rows = [Row(**row) for row in energy["breakdown"] if row["phase"] == "inference"]
    return mapped(plan, ends, rows, energy["ops_inference"])


def mapped(plan: Experiment, ends: Ends, rows: Sequence[Row], operations: float) -> Record:
    """Return layers and totals of a chip from ``rows``, the energy that was counted on it.

    ``operations`` are multiplications by driven lines of an inference.
    """
    network = build.network(plan, ends)
    if all(plan.of(node).device is None for node in network.parts):
        fail("device.kind", "cells in one layer at least", "digital weights", "Such as cmos.")
    path = path_of(plan, network)
    layers = [
        mapped_layer(
            plan.of(node), name, matrix, path.cycle(name), [r for r in rows if r.part == name]
        )
        for node, own in network.parts.items()
        for name, matrix in own.items()
    ]
    counts = OperationCounts.of(network.matrices, network.foremost)
    rate = plan.common.energy.rate
    energy = sum(row.energy for row in rows)
    total = {
        **_sums(layers, chip_latency(plan, ends)),
        "energy": energy,
        "energy_elsewhere": energy - sum(one.energy for one in layers),
        "rate": rate,
        "power": energy * rate,
        "operations": operations,
        "efficiency": operations / energy if energy else math.inf,
        "digital": digital(counts, rate=rate).energy_inference,
    }
    total["assumed"]["energy"] = _assumed((row.energy, row.source) for row in rows)
    return {
        "device": plan.kind,
        "layers": [asdict(one) for one in layers],
        "total": total,
        "energy_sources": {f"{row.part}, {row.event}": row.source for row in rows if row.energy},
        "notes": _notes(plan, network, rows, layers),
    }


def _sums(layers: Sequence[MappedLayer], time: Latency) -> Record:
    """Return arrays, time and area of the chip, and where most of it goes."""
    stages = {one.name: one.latency for one in layers}
    stages |= {p.name: p.seconds / p.times for p in time.parts if p.name not in CYCLE and p.times}
    slowest = max(stages, key=lambda name: stages[name])
    areas = [(value, one.area_sources[part]) for one in layers
             for part, value in one.area_parts.items()]  # fmt: skip
    return {
        "tiles": sum(one.tiles for one in layers),
        "cells": sum(one.cells for one in layers),
        "utilisation": _overall(layers),
        "latency": time.seconds,
        "latency_elsewhere": time.seconds - sum(one.latency for one in layers),
        "interval": stages[slowest],
        "area": sum(one.area for one in layers),
        "bottleneck": {
            "latency": slowest,
            "energy": max(layers, key=lambda one: one.energy).name,
            "area": max(layers, key=lambda one: one.area).name,
        },
        "assumed": {"area": _assumed(areas)},
    }


def _assumed(parts: Iterable[tuple[float, str]]) -> float:
    """Return the share of amounts whose source says that they are assumed."""
    known = [(amount, is_assumed(source)) for amount, source in parts]
    whole = sum(amount for amount, _ in known)
    return sum(amount for amount, ours in known if ours) / whole if whole else 0.0


def _overall(layers: Sequence[MappedLayer]) -> float | None:
    """Return the share of the cells of all arrays that hold weights."""
    held = [(one.rows * one.cols * one.copies, one.utilisation) for one in layers]
    room = sum(weights / share for weights, share in held if share)
    return sum(weights for weights, share in held if share) / room if room else None


def _notes(
    plan: Experiment, network: Network, rows: Sequence[Row], layers: Sequence[MappedLayer]
) -> list[str]:
    """Return what the figures contain and rest on, in words."""
    notes = [*BESIDE, *filter(None, [scaling(plan, rows), _grouped(network, layers)])]
    if isinstance(plan.common.data, RandomNumbers):
        notes.append(RANDOM)
    tiles = {n: plan.of(n).tile for n in network.parts if plan.of(n).device is not None}
    if plain := [node for node, tile in tiles.items() if tile.adc is None]:
        notes.append(f"no tile.adc, so that outputs stay analog: {', '.join(plain)}")
    if plain := [node for node, tile in tiles.items() if tile.size is None]:
        notes.append(f"no tile.size, so that arrays are made to measure: {', '.join(plain)}")
    return notes


def _grouped(network: Network, layers: Sequence[MappedLayer]) -> str:
    """Return in words which convolutions in groups waste arrays; empty where none does."""
    by_name, shares = {one.name: one for one in layers}, {}
    for node, own in network.parts.items():
        layer, share = network.nodes[node].layer, _overall([by_name[name] for name in own])
        in_groups = isinstance(layer, (Convolution, Convolution1d)) and layer.groups > 1
        if in_groups and share is not None and share < WASTED:
            shares[node] = share
    if not shares:
        return ""
    names = sorted(shares, key=lambda node: shares[node])
    more = f" and {len(names) - NAMED} others" if len(names) > NAMED else ""
    least, most = (f"{100 * f(shares.values()):.2g}" for f in (min, max))
    span = least if least == most else f"{least} to {most}"
    use = "uses" if len(shares) == 1 else "use"
    return (
        f"{', '.join(names[:NAMED])}{more} {use} {span} % of the cells: every group of "
        "channels has a matrix, and that an array, of its own; a smaller layers.NAME.size wastes "
        "fewer"
    )
