"""Energy of an experiment: what was counted on the chip, by every convention."""

from __future__ import annotations

from dataclasses import replace

from crossbar.activity import Activity
from crossbar.devices import CmosSynapse
from crossbar.energy import (
    Costs,
    OperationCounts,
    conventions,
    isaac_dac,
    latency_table,
    read_costs,
)
from crossbar.energy.converters import neurosim_sar
from crossbar.experiment import build
from crossbar.experiment.folder import Record
from crossbar.experiment.measure import measure
from crossbar.experiment.settings import Experiment
from crossbar.random import Streams
from crossbar.sources import assumed

CLIPS = 12


def energy_record(
    plan: Experiment, classes: int, inference: Activity, training: Activity
) -> Record:
    """Return energy by every convention, and latency against copies, as plain values."""
    matrices = build.network(plan, classes).matrices
    counts = OperationCounts.of(matrices)
    rate = plan.common.energy.rate
    figures = conventions(counts, inference, training, costs(plan), rate)
    record: Record = {name: figure.record() for name, figure in figures.items()}
    t_cycle = plan.tile.reading.t_read
    per_weight = len(plan.tile.mapping.signs)
    table = latency_table(matrices, t_cycle=t_cycle, cells_per_weight=per_weight)
    rows = [vars(row) for row in table]
    return record | {"rate": rate, "t_cycle": t_cycle, "latency": rows, "device": plan.kind}


def costs(plan: Experiment) -> Costs:
    """Return the costs of the circuits that ``plan`` has, and in their places those of its file."""
    update = neurosim_sar(plan.device.bits if isinstance(plan.device, CmosSynapse) else 8)
    models = Costs(
        adc=neurosim_sar(plan.tile.adc.bits if plan.tile.adc else 8),
        dac=isaac_dac(plan.tile.dac.bits if plan.tile.dac else 8),
        update_adc=replace(update, source=assumed(f"in the update control, {update.source.text}")),
    )
    given = plan.common.energy.costs
    return models if given is None else read_costs(given, models)


def energy(plan: Experiment, *, progress: build.Progress | None = None) -> Record:
    """Return the energy of a chip with initial weights, counted over some images.

    Synthetic sound is cut to a few clips: energy needs examples, not a training set.
    """
    windows = build.window_set(build.shortened(plan.common.data, CLIPS), progress)
    streams = Streams(plan.common.seed[0])
    parts = build.split(plan.common.data, windows, streams)
    chip = build.chip(plan, len(windows.classes), streams)
    activity = measure(plan, chip, parts, streams)
    return energy_record(plan, len(windows.classes), **activity)
