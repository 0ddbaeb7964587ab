"""Experiments without noise, or without a part of it: same cells, same weights.

A training that diverged is repeated without each, which tells why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crossbar.data import Ends
from crossbar.errors import ConvergenceError, fail
from crossbar.nn import fit
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware
from crossbar.runs.plain import describe

MOST = 3  # epochs that are repeated; a later divergence gets general advice


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


def divergence_remedy(
    plan: Experiment, ends: Ends, parts: build.Parts, streams: Streams, epoch: int
) -> str:
    """Return what was tried after ``plan`` diverged in ``epoch``, from 0, and what to do.

    Noise is the cause if the same chip, samples and rate learn without it. Each part of the noise
    is then omitted alone.
    """
    if not plan.analog or quiet(plan) == plan:
        return "Lower train.gamma."
    if epoch >= MOST:
        return "Lower train.gamma or the noise of reads: the loss without noise tells which."
    loss = _loss(quiet(plan), ends, parts, streams, epoch)
    if loss is None:
        return "Without noise it diverges too. Lower train.gamma."
    for name, (without, advice) in PARTS.items():
        changed = without(plan)
        if changed != plan and _loss(changed, ends, parts, streams, epoch) is not None:
            advised = advice.format(fields=_fields_that_differ(plan, changed))
            return f"Without {name} the loss is {loss:.3g}, at the same train.gamma. {advised}"
    return f"Without any noise the loss is {loss:.3g}, at the same train.gamma. Lower the noise."


def _fields_that_differ(plan: Experiment, other: Experiment) -> str:
    """Return the settings of devices in which ``plan`` differs from ``other``."""
    parts = {"": (plan.hardware, other.hardware)}
    parts |= {f"layers.{name}.": (plan.of(name), other.of(name)) for name in plan.layers}
    names = []
    for place, pair in parts.items():
        given, quiet = (describe(one.device) or {} for one in pair)
        names += [f"{place}device.{k}" for k, value in given.items() if value != quiet.get(k)]
    return ", ".join(names)


def _loss(
    plan: Experiment, ends: Ends, parts: build.Parts, streams: Streams, epoch: int
) -> float | None:
    """Return the loss of a chip of ``plan`` after ``epoch``; None where it diverges too."""
    chip = build.chip(plan, ends, streams)
    training = replace(plan.common.train, epochs=epoch + 1)
    try:
        history = fit(
            chip, parts.train, parts.validation, training,
            streams=streams, learner=plan.common.learner,
        )  # fmt: skip
    except ConvergenceError:
        return None
    return history[-1].loss
