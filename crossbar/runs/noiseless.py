"""Experiments without noise, or without a part of it: same cells, same weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crossbar.errors import fail
from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware


def _exact_cells(one: Hardware) -> Hardware:
    return one if one.device is None else replace(one, device=one.device.without_read_noise())


def _exact_circuits(one: Hardware) -> Hardware:
    return one.with_tile(reading=replace(one.tile.reading, temperature=0.0, fano=0.0))


def _exact_converters(one: Hardware) -> Hardware:
    dac, adc = one.tile.dac, one.tile.adc
    return one.with_tile(dac=dac and dac.quiet, adc=adc and adc.quiet)


def _exact_blocks(plan: Experiment) -> Experiment:
    return replace(plan, common=replace(plan.common, blocks=plan.common.blocks.quiet))


PARTS: dict[str, tuple[Callable[[Experiment], Experiment], str]] = {
    "the read noise of the device": (
        lambda plan: plan.with_hardware(_exact_cells),
        "Lower {fields}.",
    ),
    "thermal and shot noise": (
        lambda plan: plan.with_hardware(_exact_circuits),
        "Raise the conductances of the device, tile.reading.v_read or tile.reading.t_read.",
    ),
    "the noise of blocks": (_exact_blocks, "Lower it in [blocks]."),
    "the noise of converters": (
        lambda plan: plan.with_hardware(_exact_converters),
        "Lower tile.adc.noise, tile.dac.noise.",
    ),
}
"""Each part of the noise: how an experiment is without it, and how it becomes less."""


def quiet(plan: Experiment) -> Experiment:
    """Return ``plan`` without noise; raise for ``float``, whose weights have none."""
    if not plan.analog:
        remedy = "Choose an analog device.kind: device.kind=cmos."
        fail("device.kind", "an analog device", "float", remedy)
    for without, _ in PARTS.values():
        plan = without(plan)
    return plan
