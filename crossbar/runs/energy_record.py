"""Energy of an experiment: what is counted on its chip, by every convention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from crossbar.activity import Activity
from crossbar.circuit.converter_tables import converter_lines
from crossbar.converters import SarAdc, SerialDac
from crossbar.data import Ends
from crossbar.devices import UPDATE_BITS
from crossbar.energy import (
    Costs,
    OperationCounts,
    Row,
    conventions,
    read_costs,
    rescaled,
)
from crossbar.energy.converters import neurosim_sar
from crossbar.nn import Chip, evaluate
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment, sources
from crossbar.runs.hardware import Hardware
from crossbar.runs.latency import latencies
from crossbar.sources import assumed, unlisted
from crossbar.types import Record
from crossbar.units import text


def energy_record(
    plan: Experiment, ends: Ends, inference: Activity, training: Activity, before: Activity
) -> Record:
    """Return energy by every convention, and latency against copies, as plain values.

    ``before`` is what was counted on the chip from its fabrication on.
    """
    network, prices = build.network(plan, ends), costs(plan)
    counts = OperationCounts.of(network.matrices, network.foremost)
    rate = plan.common.energy.rate
    figures = conventions(counts, inference, training, prices, rate)
    words = scaling(plan, figures["physical"].breakdown)
    notes = (*filter(None, (words, written(before))), *figures["physical"].notes)
    figures["physical"] = replace(figures["physical"], notes=notes)
    record: Record = {name: figure.record() for name, figure in figures.items()}
    rows = [row.record() for row in latencies(plan, ends)]
    record |= {"rate": rate, "t_cycle": plan.tile.reading.t_read, "latency": rows}
    record |= {"device": plan.kind, "scaling": words}
    if took := programming(before):
        record["programming"] = took
    if converters := converter_records(plan, ends, prices):
        record["converters"] = converters
    return record


def converter_records(plan: Experiment, ends: Ends, costs: Costs) -> list[Record]:
    """Return the converters of every matrix, as plain values: number, energy, time and area.

    There is one a line of every array, spare ones too, or one for the lines that share it, and on
    both sides of the matrices that training reads transposed, as something that learns stands
    before them. ``area`` is that of all of them.
    """
    network, records = build.network(plan, ends), []
    for node, name, matrix in [
        (n, *one) for n, own in network.parts.items() for one in own.items()
    ]:
        tile, back = plan.of(node).tile, name not in network.foremost
        layout = tile.layout(matrix.rows, matrix.cols, matrix.copies)
        dac, adc, dac_back, adc_back = converter_lines(layout, tile.mapping.amplifiers)
        prices = costs.of(name).table()
        for event, sides in {"dac": (dac, dac_back), "adc": (adc, adc_back)}.items():
            if (converter := getattr(tile, event)) is None:
                continue
            number = sum(side.converters(converter.shared) for side in sides[: 1 + back])
            of = {"energy": prices[event], "time": converter.time, "area": converter.area}
            record: Record = {"layer": name, "event": event, "type": type(converter).__name__}
            record |= {"lines": number, **{kind: cost.value for kind, cost in of.items()}}
            record["area"] *= number
            record["sources"] = {kind: str(cost.source) for kind, cost in of.items()}
            records.append(record)
    return records


def programming(before: Activity) -> dict[str, float]:
    """Return what programming took and missed; empty where it was exact, which counts nothing."""
    events = ("pulses", "reads", "energy", "time", "missed", "faulty", "clipped")
    took = {event: before.total(f"program_{event}") for event in events}
    return took if any(took.values()) else {}


def written(before: Activity) -> str:
    """Return in words what programming took; empty where it was not counted."""
    took = programming(before)
    if not took:
        return ""
    words = {
        "missed": "cells were out of tolerance when it ended, of which more tries, a larger "
        "tolerance or shorter pulses would reach some",
        "faulty": "cells were held for faulty",
        "clipped": "weights were cut at the largest that cells hold",
    }
    left = "".join(f"; {took[what]:.9g} {so}" for what, so in words.items() if took[what])
    if not took["pulses"] and not took["reads"]:
        return f"programming the chip was exact and is not counted{left}"
    return (
        f"programming the chip took {took['pulses']:.3g} pulses and {took['reads']:.3g} reads, "
        f"{text(took['energy'], 'J', 3)} in the cells and {text(took['time'], 's', 3)}, where the "
        f"cells of a group are written at once and the groups one after the other{left}"
    )


ELSEWHERE = ((0.1, 60e3), (0.35, 20e3), (0.35, 240e3))
"""Other choices of V_in [V] and R_u [ohm] of the CMOS synapse."""


def scaling(plan: Experiment, rows: Sequence[Row]) -> str:
    """Return how energies ``rows`` depend on the choices R_u and V_in; empty for another device."""
    r = None if plan.device is None else plan.device.chosen_resistance
    if r is None:
        return ""
    v, given = plan.tile.reading.v_read, unlisted(sources(plan))
    ours = {"device.g_full", "tile.reading.v_read"} <= given.keys()
    whose = "chosen to land near the published 87.36 fJ" if ours else "set for this run"
    points = ELSEWHERE if plan.tile.wires is None else ((0.1, r),)  # lines do not scale as R_u
    here, _ = rescaled(rows, 1.0)
    others = [
        f"{text(rescaled(rows, (v2 / v) ** 2 * r / r2)[0], 'J', 3)} at {v2:g} V and "
        f"{r2 / 1e3:.4g} kohm"
        for v2, r2 in points
    ]
    return (
        f"R_u = {r / 1e3:.4g} kohm and V_in = {v:g} V are {whose}, and the energy of cells goes as "
        f"V_in^2/R_u: an inference takes {text(here, 'J', 3)} here, {', '.join(others)}"
    )


def costs(plan: Experiment) -> Costs:
    """Return the costs of the circuits that ``plan`` has, and in their places those of its file."""
    own = {name: _models(one) for name, one in plan.layers.items()}
    models = replace(_models(plan.hardware), layers=own)
    given = plan.common.energy.costs
    return models if given is None else read_costs(given, models)


def _models(hardware: Hardware) -> Costs:
    """Return the costs of the circuits of ``hardware``."""
    device, tile = hardware.device, hardware.tile
    update = neurosim_sar(device.update_bits if device else UPDATE_BITS)
    return Costs(
        adc=(tile.adc or SarAdc()).energy,
        dac=(tile.dac or SerialDac()).energy,
        update_adc=replace(update, source=assumed(f"in the update control, {update.source.text}")),
    )


def inferred(plan: Experiment, chip: Chip, parts: build.Parts, streams: Streams) -> Activity:
    """Return what happens while some training images are classified, on a copy of ``chip``."""
    probe = chip.copy()
    evaluate(probe, *examples(plan, parts), rng=streams("energy"))
    return probe.activity.since(chip.activity)


def learnt(plan: Experiment, chip: Chip, parts: build.Parts, streams: Streams) -> Activity:
    """Return what happens while a copy of ``chip`` learns some training images.

    Raises
    ------
    ConvergenceError, ConfigError
        If the signals of the chip run away.
    """
    probe = chip.copy()
    x, labels = examples(plan, parts)
    rng = streams("energy", training=True)
    for k in range(len(x)):
        probe.learn(x[k : k + 1], labels[k : k + 1], plan.common.train.gamma, rng=rng)
    return probe.activity.since(chip.activity)


def examples(plan: Experiment, parts: build.Parts) -> build.Samples:
    """Return the training images that events are counted over."""
    count = min(plan.common.energy.images, len(parts.train[0]))
    return parts.train[0][:count], parts.train[1][:count]


@reporting
def energy(plan: Experiment, *, progress: Progress = shown) -> Record:
    """Return the energy of a chip with initial weights, counted over some images.

    Synthetic data are cut short: energy needs examples, not a training set.
    """
    few = few_samples(plan, progress)
    inference = inferred(plan, few.chip, few.parts, few.streams)
    training = learnt(plan, few.chip, few.parts, few.streams)
    return energy_record(plan, few.ends, inference, training, few.chip.activity)


class FewSamples(NamedTuple):
    """A chip with initial weights, and samples to count events over."""

    ends: Ends
    chip: Chip
    parts: build.Parts
    streams: Streams


def few_samples(plan: Experiment, progress: Progress) -> FewSamples:
    """Return the chip of the first seed, its ADCs ranged; synthetic data are cut short."""
    costs(plan)  # or what is wrong with their file, before anything is counted
    dataset = plan.common.data.few().read(lambda k, n: progress("data", k, n, ""))
    seed = plan.common.seed[0]
    streams, parts = plan.streams(seed), build.parts_of(plan.common.data, dataset, seed)
    chip = build.chip(plan, dataset.ends, streams)
    build.ranged(chip, parts, streams)
    return FewSamples(dataset.ends, chip, parts, streams)
