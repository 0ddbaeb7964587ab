"""Why a training diverged: it is repeated without each possible cause."""

from __future__ import annotations

from dataclasses import replace

from crossbar.data import Ends
from crossbar.errors import ConvergenceError
from crossbar.nn import fit
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.noiseless import PARTS, quiet
from crossbar.runs.plain import describe

MOST = 3  # epochs that are repeated; a later divergence gets general advice


def remedy(plan: Experiment, ends: Ends, parts: build.Parts, streams: Streams, epoch: int) -> str:
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
    chip = build.chip(plan, ends, Streams(streams.seed))
    training = replace(plan.common.train, epochs=epoch + 1)
    try:
        history = fit(chip, parts.train, parts.validation, training, streams=streams)
    except ConvergenceError:
        return None
    return history[-1].loss
