"""Experiments without noise, or without a part of it: same cells, same weights."""

from __future__ import annotations

from dataclasses import replace

from crossbar.errors import fail
from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware


def without_read_noise(plan: Experiment) -> Experiment:
    """Return ``plan`` with devices that read without noise: same cells, same weights."""
    return plan.with_hardware(_quiet)


def _quiet(hardware: Hardware) -> Hardware:
    """Return ``hardware`` with a device that reads without noise."""
    if hardware.device is None:
        return hardware
    return replace(hardware, device=hardware.device.without_read_noise())


def without_circuit_noise(plan: Experiment) -> Experiment:
    """Return ``plan`` without thermal and shot noise."""
    return plan.with_hardware(
        lambda one: one.with_tile(reading=replace(one.tile.reading, temperature=0.0, fano=0.0))
    )


def without_block_noise(plan: Experiment) -> Experiment:
    """Return ``plan`` with blocks without noise."""
    return replace(plan, common=replace(plan.common, blocks=plan.common.blocks.quiet))


def without_converter_noise(plan: Experiment) -> Experiment:
    """Return ``plan`` with converters without noise."""

    def quiet(one: Hardware) -> Hardware:
        dac, adc = one.tile.dac, one.tile.adc
        return one.with_tile(dac=dac and dac.quiet, adc=adc and adc.quiet)

    return plan.with_hardware(quiet)


def quiet(plan: Experiment) -> Experiment:
    """Return ``plan`` without noise; raise for ``float``, whose weights have none."""
    if not plan.analog:
        remedy = "Choose an analog device.kind: device.kind=cmos."
        fail("device.kind", "an analog device", "float", remedy)
    for part in (
        without_read_noise,
        without_circuit_noise,
        without_block_noise,
        without_converter_noise,
    ):
        plan = part(plan)
    return plan
