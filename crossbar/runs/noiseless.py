"""Experiments without noise, or without a part of it: same cells, same weights."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from crossbar.errors import fail
from crossbar.runs.settings import Experiment

NOISES = {"sigma_read": 0.0, "sigma_read_value": 0.0, "flicker": None}


def without_read_noise(plan: Experiment) -> Experiment:
    """Return ``plan`` with devices that read without noise: same cells, same weights."""
    device: Any = plan.device
    named = {f.name for f in fields(device)}
    quiet = replace(device, **{name: none for name, none in NOISES.items() if name in named})
    return replace(plan, device=quiet)


def without_circuit_noise(plan: Experiment) -> Experiment:
    """Return ``plan`` without thermal and shot noise."""
    reading = replace(plan.tile.reading, temperature=0.0, fano=0.0)
    return replace(plan, tile=replace(plan.tile, reading=reading))


def without_block_noise(plan: Experiment) -> Experiment:
    """Return ``plan`` with blocks without noise."""
    return replace(plan, common=replace(plan.common, blocks=plan.common.blocks.quiet))


def quiet(plan: Experiment) -> Experiment:
    """Return ``plan`` without noise; raise for ``float``, whose weights have none."""
    if plan.device is None:
        remedy = "Choose an analog device.kind: device.kind=cmos."
        fail("device.kind", "an analog device", "float", remedy)
    return without_block_noise(without_circuit_noise(without_read_noise(plan)))
